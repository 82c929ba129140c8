#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "workflows/node/audit.h"
#include "workflows/node/child_process.h"
#include "workflows/node/completeness.h"
#include "workflows/node/config.h"
#include "workflows/node/counters.h"
#include "workflows/node/deliveries.h"
#include "workflows/node/queue.h"
#include "workflows/node/spool.h"

namespace voxprior {

/// Moves series on: looks whether they are complete, has them computed one at a time, delivered to each destination
/// beside the others, and wiped in the end. All work is done by child processes; a step returns at once. What a step
/// knows it reads from the queue, so that a killed node goes on where it was.
class Scheduler {
 public:
  Scheduler(const NodeConfig& config, NodeCounters& counters);

  void step();
  /// Whether anything is left to do, for the exit code.
  bool work_left() const;

 private:
  struct Job {
    QueuedSeries series;
    std::unique_ptr<ChildProcess> process;
    std::chrono::steady_clock::time_point since;
  };
  struct Shipment {
    Delivery delivery;
    std::unique_ptr<ChildProcess> process;
  };
  struct Seen {
    std::int64_t images = 0;
    VolumeCheck volumes = VolumeCheck::unknown;
  };

  void look_at_received();
  void settle(const QueuedSeries& series, Queue& queue);
  void finish_survey();
  void start_computing();
  void finish_computing();
  void take_results(const QueuedSeries& series, int code);
  void give_up_computing(const QueuedSeries& series, int code);
  void set_aside(const QueuedSeries& series, const std::string& why);
  void start_deliveries();
  void finish_deliveries();
  bool results_are_there(const Delivery& delivery);
  void expire(const Delivery& delivery, Deliveries& deliveries);
  void close_delivered();
  void wipe_old();

  const NodeConfig& config_;
  NodeCounters& counters_;
  Spool spool_;
  AuditLog audit_;
  Job survey_, computing_;
  std::map<std::string, Shipment> shipments_;  // by destination
  std::map<std::string, Seen> seen_;           // by series key
  std::vector<QueuedSeries> to_survey_;
  std::chrono::steady_clock::time_point wiped_{};
};

}  // namespace voxprior
