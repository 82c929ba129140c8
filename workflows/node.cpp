// voxprior node CONFIG.toml: a DICOM node that denoises what is sent to it, or makes its slices thin.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <iostream>

#include "base/error.h"
#include "io/dicom/network/dcmtk_network.h"
#include "workflows/cli/interrupt.h"
#include "workflows/commands.h"
#include "workflows/node/arrivals.h"
#include "workflows/node/child_process.h"
#include "workflows/node/reception.h"
#include "workflows/node/scheduler.h"
#include "workflows/node/status_page.h"

namespace voxprior {
namespace {

const About kAbout{
    "node",
    "a DICOM node that denoises the series sent to it, or makes their slices thin, and sends the results on",
    "Listens for C-STORE, and for each series that is complete runs voxprior denoise, or recon superres, with "
    "what the rules in CONFIG say;\n"
    "the derived series, in the same study, goes to the destinations named there. What was acknowledged to a sender "
    "survives\n"
    "a kill of any process and a restart. Own results that come back are ignored.\n\n"
    "CONFIG is a TOML file; docs/clinical-node.md explains every key. Unless told otherwise it listens on this machine "
    "alone.\n"
    "Senders must be listed with AE title and hosts. Ends on SIGTERM: with 0 when nothing is left to do, with 75 when "
    "something\n"
    "is, which the next start goes on with.\n\n"
    "Research use only: results are not for diagnosis.",
    {"DICOM PS3.4, Storage and Storage Commitment Service Classes; PS3.8; PS3.15 B.9 (TLS)."}};

constexpr int kGrace_s = 20;
constexpr int kStep_us = 100000;
constexpr auto kRestartPause = std::chrono::seconds(1);

using Clock = std::chrono::steady_clock;

/// A process of the node that is started again when it ends.
class Service {
 public:
  Service(std::function<int()> work, std::function<void()> when_lost, NodeCounters& counters)
      : work_(std::move(work)), when_lost_(std::move(when_lost)), counters_(counters) {}

  void keep_up() {
    if (process_ && !process_->ended()) return;
    if (process_) {
      when_lost_();  // may fail: then once more
      process_.reset();
      ++counters_.process_restarts;
      quick_ends_ = Clock::now() - started_ < kRestartPause ? quick_ends_ + 1 : 0;
      if (quick_ends_ > kMostQuickEnds)
        fail(ExitCode::resources, "a process of the node ends as soon as it is started");
    }
    started_ = Clock::now();
    process_ = std::make_unique<ChildProcess>(work_);
  }
  void stop() {
    if (!process_) return;
    process_->send(SIGTERM);
    process_->wait(kGrace_s + 5);
  }

 private:
  static constexpr int kMostQuickEnds = 20;

  std::function<int()> work_;
  std::function<void()> when_lost_;
  NodeCounters& counters_;
  std::unique_ptr<ChildProcess> process_;
  Clock::time_point started_{};
  int quick_ends_ = 0;
};

/// A disk that is full or gone now may have room later: what could not be noted down is tried again.
void outlive_disk(const std::function<void()>& step) {
  const auto complain = [](const std::exception& error) {
    std::cerr << "voxprior node: " << error.what() << std::endl;
    ::sleep(1);
  };
  try {
    step();
  } catch (const Error& error) {
    if (error.code() != ExitCode::output) throw;
    complain(error);
  } catch (const std::filesystem::filesystem_error& error) {
    complain(error);
  }
}

/// Once their images are on the disk: what is known of an association that ended must stay true.
void note_lost_associations(const Spool& spool) {
  spool.flush();
  Arrivals(spool.queue_file()).all_lost();
}

void run_node(const NodeConfig& config, std::ostream& out) {
  ::umask(077);
  Spool spool(config);
  spool.begin();
  if (config.association.tls.given()) check_tls_files(config.association.tls);
  Queue::begin(spool.queue_file());
  note_lost_associations(spool);
  NodeCounters& counters = NodeCounters::make_shared();
  counters.listener_beat_ms = counters.scheduler_beat_ms = now_ms();
  Listener listener(config.address, config.port);
  const auto keep_going = [] { return !interrupt_arrived(); };

  Service reception(
      [&] {
        receive_images(listener, config, counters, keep_going, kGrace_s);
        return 0;
      },
      [&] { note_lost_associations(spool); }, counters);
  Service status(
      [&] {
        ::signal(SIGTERM, SIG_DFL);
        ::signal(SIGINT, SIG_DFL);
        serve_status(config, counters);
        return 0;
      },
      [] {}, counters);
  prepare_dcmtk_network();  // once here, and not in every process
  Scheduler scheduler(config, counters);
  reception.keep_up();
  out << "listening on " << config.address << ':' << listener.port() << " as " << config.association.ae_title
      << std::endl;
  while (keep_going()) {
    outlive_disk([&] {
      reception.keep_up();
      if (config.http_port > 0) status.keep_up();
      scheduler.step();
    });
    counters.scheduler_beat_ms = now_ms();
    ::usleep(kStep_us);
  }
  reception.stop();
  status.stop();
  if (scheduler.work_left()) fail(ExitCode::resumable, "stopped with work left; start again to go on");
}

}  // namespace

int node_command(const Invocation& invocation) {
  std::string config;
  bool check = false;
  Arguments arguments;
  arguments.positional("CONFIG", &config, "configuration file (TOML)")
      .flag("check", &check, "check the configuration file and end");
  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay&) {
    const NodeConfig checked = read_node_config(config);
    if (check) {
      invocation.out << config << ": is a valid configuration\n";
    } else {
      run_node(checked, invocation.out);
    }
  });
}

}  // namespace voxprior
