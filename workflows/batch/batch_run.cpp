#include "workflows/batch/batch_run.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <iostream>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "workflows/batch/bounded_queue.h"
#include "workflows/batch/case_in_hand.h"
#include "workflows/batch/case_progress.h"
#include "workflows/batch/finish_case.h"
#include "workflows/batch/hand_count.h"
#include "workflows/batch/read_case.h"
#include "workflows/cli/interrupt.h"

namespace voxprior {
namespace {

/// Thrown in the computing thread when another one has ended the run.
struct Stopped {};

/// Three stages, each in a thread of its own: reading ahead, computing in the caller's, writing behind.
class Pipeline {
 public:
  Pipeline(const BatchPlan& plan, const CaseStore& store, BatchTask& task, ProgressDisplay& progress)
      : plan_(plan), store_(store), task_(task), progress_(progress) {}

  BatchOutcome run(const std::vector<const BatchCase*>& cases) {
    count_ = cases.size();
    std::thread reader([&] { guarded([&] { read_all(cases); }); });
    std::thread writer([&] { guarded([&] { write_all(); }); });
    std::exception_ptr ended;
    try {
      compute_all();
    } catch (const Stopped&) {
    } catch (...) {
      ended = std::current_exception();
    }
    to_compute_.abandon();
    in_hand_.end();
    to_write_.close();
    reader.join();
    writer.join();
    show_lines();
    if (ended) std::rethrow_exception(ended);
    if (trouble_) std::rethrow_exception(trouble_);
    return outcome_;
  }

 private:
  /// An exception of a helping thread ends the whole run and is thrown by run().
  template <typename Work>
  void guarded(const Work& work) {
    try {
      work();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!trouble_) trouble_ = std::current_exception();
      stopped_ = true;
      to_compute_.abandon();
      in_hand_.end();
      to_write_.abandon();
    }
  }

  void read_all(const std::vector<const BatchCase*>& cases) {
    std::size_t number = 0;
    for (const BatchCase* one : cases) {
      CaseInHand hand;
      hand.one = one;
      hand.number = ++number;
      in_hand_.take_up();
      failing_alone(hand, [&] { take_case(hand, plan_, store_); });
      const bool to_do = !hand.failure && hand.left_alone.empty(), alone = to_do && is_suspect(hand);
      if (alone && !in_hand_.wait_for(1)) return;
      if (to_do) failing_alone(hand, [&] { read_case(hand, plan_, store_); });
      if (!to_compute_.push(std::move(hand))) return;
      if (alone && !in_hand_.wait_for(0)) return;
    }
    to_compute_.close();
  }

  void compute_all() {
    const auto waiting = [this] {
      tick();
      check_interrupt();
    };
    while (auto hand = to_compute_.pop(waiting)) {
      waiting();
      if (!hand->failure && hand->left_alone.empty()) failing_alone(*hand, [&] { compute(*hand); });
      if (!to_write_.push(std::move(*hand))) return;
    }
  }

  void compute(CaseInHand& hand) {
    const auto start = std::chrono::steady_clock::now();
    CaseProgress progress(progress_,
                          std::to_string(hand.number) + "/" + std::to_string(count_) + " " + hand.one->label + ": ",
                          !noted_, [this] { tick(); });
    hand.result = task_.work_on(std::move(hand.volume), hand.one->label, progress);
    hand.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    noted_ = true;
  }

  void write_all() {
    const auto nothing_else = [] {};
    while (auto hand = to_write_.pop(nothing_else)) {
      if (hand->left_alone.empty()) {
        write(*hand);
      } else {
        leave_alone(*hand);
      }
      hand.reset();
      in_hand_.put_down();
    }
  }

  void write(CaseInHand& hand) {
    std::string line;
    if (!hand.failure) failing_alone(hand, [&] { line = finish_case(hand, plan_, store_); });
    if (hand.failure) {
      note_failure(hand, store_);
      line = hand.one->label + ": failed: " + hand.failure->reason;
      ++outcome_.failed;
    } else {
      ++outcome_.done;
    }
    tell(line);
  }

  void leave_alone(CaseInHand& hand) {
    if (hand.lock) {
      hand.lock->done();
      ++outcome_.done_before;
    } else {
      ++outcome_.elsewhere;
    }
    tell(hand.one->label + ": left alone: " + hand.left_alone);
  }

  void tell(const std::string& line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(line);
  }

  /// In the computing thread, whose progress may stand on the terminal's last line.
  void show_lines() {
    const std::lock_guard lock(mutex_);
    if (lines_.empty()) return;
    progress_.finish();
    for (const std::string& line : lines_) std::cout << line << '\n';
    std::cout << std::flush;
    lines_.clear();
  }

  void tick() {
    show_lines();
    if (stopped_) throw Stopped{};
  }

  const BatchPlan& plan_;
  const CaseStore& store_;
  BatchTask& task_;
  ProgressDisplay& progress_;
  std::size_t count_ = 0;
  bool noted_ = false;
  BoundedQueue<CaseInHand> to_compute_{1}, to_write_{1};
  HandCount in_hand_;
  BatchOutcome outcome_;  // the writing thread's until it has ended
  std::mutex mutex_;      // of what follows
  std::vector<std::string> lines_;
  std::exception_ptr trouble_;
  std::atomic<bool> stopped_{false};
};

}  // namespace

bool concerns_all(ExitCode code) {
  return code == ExitCode::output || code == ExitCode::model || code == ExitCode::usage;
}

BatchOutcome run_batch(const std::vector<BatchCase>& cases, const BatchPlan& plan, const CaseStore& store,
                       BatchTask& task, ProgressDisplay& progress) {
  std::vector<const BatchCase*> to_do;
  std::size_t skipped = 0, before = 0;
  for (const BatchCase& one : cases) {
    check_interrupt();
    if (!one.reason.empty()) {
      std::cout << one.label << ": skipped: " << one.reason << '\n';
      ++skipped;
    } else if (is_done(one, plan.settings, plan.target.out, store)) {
      ++before;
    } else {
      to_do.push_back(&one);
    }
  }
  BatchOutcome outcome = to_do.empty() ? BatchOutcome{} : Pipeline(plan, store, task, progress).run(to_do);
  outcome.skipped += skipped;
  outcome.done_before += before;
  return outcome;
}

}  // namespace voxprior
