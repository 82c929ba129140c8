#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace voxprior {

/// What the processes of a node count together, in memory that they share from fork on; they begin at 0 when the node
/// starts, as Prometheus expects of counters.
struct NodeCounters {
  using Count = std::atomic<std::uint64_t>;
  static_assert(Count::is_always_lock_free, "shared between processes");

  Count associations{0}, associations_refused{0}, associations_aborted{0}, connections_refused{0};
  Count instances_stored{0}, instances_repeated{0}, instances_refused{0}, bytes_stored{0};
  Count no_room{0};      ///< instances refused with 0xA700
  Count own_results{0};  ///< instances that came back and were ignored
  Count series_done{0}, series_quarantined{0}, series_failed{0};
  Count instances_delivered{0}, delivery_failures{0};
  Count process_restarts{0};
  std::atomic<std::int64_t> listener_beat_ms{0}, scheduler_beat_ms{0};  ///< when each was last seen alive, since 1970

  /// Whether nobody has told this yet in the current minute: a flood of the same gives one line a minute.
  bool first_this_minute(const std::string& what);

  /// In memory that forked processes share; lives as long as the process.
  static NodeCounters& make_shared();

 private:
  std::array<Count, 256>
      told_{};  ///< hashes of what was told, and of the minute, each in a place that its hash chooses
};

}  // namespace voxprior
