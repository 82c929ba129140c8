#pragma once

#include <cstdint>
#include <string>

#include "workflows/node/sqlite.h"

namespace voxprior {

/// What becomes of a series, in this order unless something goes wrong.
namespace series_state {
inline constexpr const char *receiving = "receiving", *ready = "ready", *processing = "processing",
                            *delivering = "delivering", *done = "done", *quarantined = "quarantined",
                            *failed = "failed";
}

/// One series as the queue knows it. No UID and no text of an image: hashes alone.
struct QueuedSeries {
  std::int64_t id = 0;
  std::string key;    ///< hash of the SeriesInstanceUID, by which its folder is named
  std::string study;  ///< hash of the StudyInstanceUID
  std::string calling, rule, state, reason;
  std::int64_t expected = 0;                    ///< instances that it should have; 0: nobody says
  std::int64_t generation = 0;                  ///< counts how often new images came after it was complete
  std::int64_t attempts = 0;                    ///< at computing
  double first_s = 0, state_s = 0, next_s = 0;  ///< since 1970: first image, change of state, not before
  double cut_off_s = 0;  ///< when the last association that was aborted had begun; 0: none, or a later one was released
};

/// The columns that read_series() takes, in its order.
inline constexpr const char* kSeriesColumns =
    "id, key, study, calling, rule, state, reason, expected, generation, attempts, first_s, state_s, next_s, cut_off_s";
QueuedSeries read_series(const Statement& row);

/// Seconds since 1970.
double now_s();

}  // namespace voxprior
