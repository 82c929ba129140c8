#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

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

/// One result on its way to one destination.
struct Delivery {
  std::int64_t id = 0, series = 0, attempts = 0;
  std::string folder, destination, state, transaction;  ///< state: pending, sent (until commitment), delivered, failed
  double created_s = 0, next_s = 0;
};

/// The node's memory: an SQLite database in WAL mode that outlives any process. Each process opens it anew. What an
/// acknowledgement depends on is on the disk when the function returns (synchronous=FULL).
class Queue {
 public:
  explicit Queue(const std::filesystem::path& file);

  /// Makes the tables, and settles what a killed node left: its associations were aborted, computing begins again.
  void begin();
  /// All associations that are open were cut off: the process that listened was killed.
  void associations_lost();

  // For the process of an association.
  /// Notes that this process sends images of a series, before the first is kept. A series that was given up is open
  /// again.
  QueuedSeries touch(const std::string& key, const std::string& study, const std::string& calling,
                     const std::string& host, const std::string& rule, std::int64_t expected, double opened_s);
  /// A new image came: a series that was already complete is received anew.
  void reopen(std::int64_t series);
  /// The sender released the association: what it sent is all that it wanted to send.
  void released(double opened_s);
  bool was_processed(const std::string& key, const std::string& instance);

  // For the process that listens.
  /// A process ended; if it had an association, that was aborted: who had asked for it, "AE@HOST". Else empty.
  std::string process_ended(std::int64_t process);

  // For the scheduler.
  std::vector<QueuedSeries> in_state(const std::string& state);
  /// Moves a series on, unless an association that sends its images is open, or its generation has changed.
  bool advance(const QueuedSeries& series, const char* to, const std::string& reason = "");
  void retry_at(const QueuedSeries& series, const char* state, double next_s, const std::string& reason);
  /// In one transaction: what came out, and where it must go.
  bool computed(const QueuedSeries& series, const std::vector<std::string>& folders,
                const std::vector<std::string>& destinations, const std::vector<std::string>& instances);
  std::vector<Delivery> deliveries(const std::string& state);
  std::vector<Delivery> deliveries_of(std::int64_t series);
  void set_delivery(const Delivery& delivery, const char* state, double next_s, const std::string& reason);
  void set_transaction(std::int64_t delivery, const std::string& transaction);
  /// An archive keeps what was sent in this transaction, or not all of it; false: the transaction is unknown.
  bool commitment(const std::string& transaction, bool all);
  void forget_images(const QueuedSeries& series);  ///< they were wiped
  bool images_forgotten(const QueuedSeries& series);

  std::map<std::string, std::int64_t> count_by_state();
  std::int64_t open_deliveries();

 private:
  void cut_off(std::int64_t association, double opened_s);
  QueuedSeries series_of(Statement& row) const;
  Sqlite database_;
};

/// Seconds since 1970.
double now_s();

}  // namespace voxprior
