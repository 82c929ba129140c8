#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "workflows/node/queued_series.h"

namespace voxprior {

/// An association that sends images of a series.
struct Arrival {
  std::string key, study;  ///< hashes of the UIDs of series and study
  std::string calling, host, rule;
  std::int64_t expected = 0;  ///< instances that the series should have; 0: nobody says
  double opened_s = 0;        ///< when the association began, since 1970; with the process it names the association
  std::string first_image;    ///< hash of the SOP instance UID of the first that it sends
};

/// The queue's associations, and which series each of them sends.
class Arrivals {
 public:
  explicit Arrivals(const std::filesystem::path& queue_file);

  // For the process of an association.
  /// Notes that this process sends images of a series, before the first is kept. A series that was given up is open
  /// again.
  QueuedSeries touch(const Arrival& arrival);
  /// A new image came: a series that was already complete is received anew.
  void reopen(std::int64_t series);
  /// The sender released the association: what it sent is all that it wanted to send.
  void released(double opened_s);
  bool was_processed(const std::string& key, const std::string& instance);
  /// Whether any image of the series was.
  bool has_processed(const std::string& key);

  // For those who see it end, once its images are on the disk.
  bool has_open(std::int64_t process);
  /// A process ended; if it had an association, that was aborted: who had asked for it, "AE@HOST". Else empty.
  std::string process_ended(std::int64_t process);
  /// All associations that are open were cut off: the process that listened was killed or, when the machine was started
  /// since, the power may have failed.
  void all_lost();

 private:
  void cut_off(std::int64_t association, double opened_s, const char* how);
  Sqlite database_;
};

}  // namespace voxprior
