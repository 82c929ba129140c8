#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "workflows/node/config.h"
#include "workflows/node/queued_series.h"

namespace voxprior {

/// By what an identifier is known in names, logs and the queue: the first 16 hexadecimal digits of its SHA-256.
std::string hash_of(const std::string& identifier);

/// Where a node keeps what it has in hand:
///
///     queue.sqlite          the queue
///     audit.log             who sent what, and what became of it
///     incoming/             instances on their way in; emptied when the node starts
///     series/HASH/          the instances of a series, HASH.dcm each
///     work/ID-GENERATION/   in/ (the same files), out/ (results), compute.log
///
/// Folders have mode 0700 and files 0600: the process has umask 077. Names are hashes and numbers.
class Spool {
 public:
  explicit Spool(const NodeConfig& config);

  /// Makes the folders and the log, and empties incoming/. Throws Error(ExitCode::output) when it cannot, or when
  /// another node has this spool.
  void begin();

  std::filesystem::path queue_file() const { return root_ / "queue.sqlite"; }
  std::filesystem::path audit_file() const { return root_ / "audit.log"; }
  std::filesystem::path lock_file() const { return root_ / "lock"; }
  /// A name for a file on its way in, which no other process uses.
  std::filesystem::path incoming_file(std::int64_t number) const;
  std::filesystem::path series_folder(const std::string& key) const { return root_ / "series" / key; }
  std::filesystem::path instance_file(const std::string& key, const std::string& instance) const {
    return series_folder(key) / (instance + ".dcm");
  }
  std::filesystem::path work_folder(const QueuedSeries& series) const;
  /// The names of the instances of a series: hashes.
  std::vector<std::string> instances(const std::string& key) const;
  /// Whether one of these is not there.
  bool lacks_any(const std::string& key, const std::vector<std::string>& instances) const;
  /// Gives a file the date of its series' arrival, which it keeps as long as nobody writes into it.
  static void seal(const std::filesystem::path& file, const QueuedSeries& series);
  static bool is_sealed(const std::filesystem::path& file, const QueuedSeries& series);
  /// Whether an image was written into, or added or removed, by anybody else than us since the series was complete.
  bool was_tampered_with(const QueuedSeries& series) const;
  /// When the last instance of a series was kept, in seconds since 1970.
  double last_instance_s(const std::string& key) const;

  bool is_there() const;
  /// Whether there is no room for more instances: nowhere at all, if the spool is gone.
  bool full() const;
  double used_share() const;
  /// Flushes everything to the disk.
  void flush() const;

  void remove_unfinished(const std::vector<std::int64_t>& processes) const;  ///< what they left in incoming/
  void wipe(const QueuedSeries& series) const;                               ///< images and results

 private:
  std::filesystem::path root_;
  std::int64_t percent_, free_mb_;
};

}  // namespace voxprior
