#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "workflows/node/queued_series.h"

namespace voxprior {

/// The node's memory: an SQLite database in WAL mode that outlives any process. Each process opens it anew, as the
/// class of what it needs: Queue for the series and what becomes of them, Arrivals for those who send them, Deliveries
/// for those who get the results.
class Queue {
 public:
  /// Makes the file and the tables, and settles what a killed node left: computing begins again.
  static void begin(const std::filesystem::path& file);

  explicit Queue(const std::filesystem::path& file);

  std::vector<QueuedSeries> in_state(const std::string& state);
  /// Moves a series on, unless an association that sends its images is open, or its generation has changed.
  bool advance(const QueuedSeries& series, const char* to, const std::string& reason = "");
  /// Computing did not succeed. False when more images came meanwhile.
  bool retry_at(const QueuedSeries& series, const char* state, double next_s, const std::string& reason);
  /// In one transaction: what came out, and where it must go. False when more images came meanwhile.
  bool computed(const QueuedSeries& series, const std::vector<std::string>& folders,
                const std::vector<std::string>& destinations, const std::vector<std::string>& instances);
  /// The results of a series that is being delivered are gone: they are made again.
  bool compute_again(std::int64_t series);
  /// The images that came first in associations during which the power failed: if one is missing, others may be, too.
  std::vector<std::string> first_before_power_failed(const QueuedSeries& series);
  void forget_images(const QueuedSeries& series);  ///< they were wiped
  bool images_forgotten(const QueuedSeries& series);
  std::map<std::string, std::int64_t> count_by_state();

 private:
  Sqlite database_;
};

}  // namespace voxprior
