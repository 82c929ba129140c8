#include "workflows/node/scheduler.h"

#include <signal.h>

#include <algorithm>

#include "base/error.h"
#include "workflows/node/computing.h"
#include "workflows/node/delivering.h"

namespace voxprior {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSurveyLimit_s = 120;
constexpr int kSurveyed = 10;  // exit codes of a survey: this and a VolumeCheck
constexpr auto kWipeEvery = std::chrono::seconds(1);

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Exit codes of the command after which another attempt would end the same way.
bool is_final(int code) {
  return code == static_cast<int>(ExitCode::input) || code == static_cast<int>(ExitCode::usage) ||
         code == static_cast<int>(ExitCode::model);
}

}  // namespace

Scheduler::Scheduler(const NodeConfig& config, NodeCounters& counters)
    : config_(config), counters_(counters), spool_(config), audit_(spool_.audit_file()) {}

void Scheduler::step() {
  finish_survey();
  finish_computing();
  finish_deliveries();
  look_at_received();
  start_computing();
  start_deliveries();
  close_delivered();
  wipe_old();
}

void Scheduler::look_at_received() {
  to_survey_.clear();
  {
    Queue queue(spool_.queue_file());
    for (const QueuedSeries& series : queue.in_state(series_state::receiving)) settle(series, queue);
  }
  if (survey_.process || to_survey_.empty()) return;
  const QueuedSeries series = to_survey_.front();
  const auto folder = spool_.series_folder(series.key);
  survey_ = {series,
             std::make_unique<ChildProcess>([&] { return kSurveyed + static_cast<int>(check_volumes(folder)); }),
             Clock::now()};
}

void Scheduler::settle(const QueuedSeries& series, Queue& queue) {
  Reception reception;
  reception.images = static_cast<std::int64_t>(spool_.instances(series.key).size());
  reception.last_image_s = spool_.last_instance_s(series.key);
  reception.power_failed = spool_.lacks_any(series.key, queue.first_before_power_failed(series));
  Seen& seen = seen_[series.key];
  if (seen.images == reception.images) reception.volumes = seen.volumes;
  seen = {reception.images, reception.volumes};
  std::string why;
  switch (next_step(series, reception, config_, now_s(), why)) {
    case Next::wait:
      return;
    case Next::check_volumes:
      to_survey_.push_back(series);
      return;
    case Next::process:
      if (queue.advance(series, series_state::ready)) seen_.erase(series.key);
      return;
    case Next::quarantine:
      if (!queue.advance(series, series_state::quarantined, why)) return;
      seen_.erase(series.key);
      ++counters_.series_quarantined;
      audit_.note("quarantined", {{"series", series.key}, {"images", reception.images}, {"why", why}});
  }
}

void Scheduler::finish_survey() {
  if (!survey_.process) return;
  if (seconds_since(survey_.since) > kSurveyLimit_s) survey_.process->send(SIGKILL);
  const auto code = survey_.process->ended();
  if (!code) return;
  const int verdict = *code - kSurveyed;
  const bool known = verdict >= 0 && verdict <= static_cast<int>(VolumeCheck::no_volume);
  seen_[survey_.series.key].volumes = known ? static_cast<VolumeCheck>(verdict) : VolumeCheck::no_volume;
  survey_ = {};
}

void Scheduler::start_computing() {
  if (computing_.process) return;
  QueuedSeries series;
  const NodeRule* rule = nullptr;
  {
    Queue queue(spool_.queue_file());
    for (const QueuedSeries& one : queue.in_state(series_state::ready)) {
      if (one.next_s > now_s()) continue;
      rule = config_.rule(one.rule);
      if (rule == nullptr) {
        queue.advance(one, series_state::failed, "its rule is not in the configuration any more");
        continue;
      }
      if (!queue.advance(one, series_state::processing)) continue;
      series = one;
      break;
    }
  }
  if (series.id == 0) return;
  audit_.note("computing", {{"series", series.key}, {"rule", rule->name}, {"attempt", series.attempts + 1}});
  computing_ = {series, std::make_unique<ChildProcess>([&] { return compute_series(series, *rule, config_); }),
                Clock::now()};
}

void Scheduler::finish_computing() {
  if (!computing_.process) return;
  if (seconds_since(computing_.since) > 60.0 * static_cast<double>(config_.minutes)) computing_.process->send(SIGKILL);
  const auto code = computing_.process->ended();
  if (!code) return;
  take_results(computing_.series, *code);
  computing_ = {};
}

void Scheduler::take_results(const QueuedSeries& series, int code) {
  Queue queue(spool_.queue_file());
  if (spool_.was_tampered_with(series))
    return set_aside(series, "its images were changed in the spool after they came; send the series again");
  const bool usable = code == 0 || code == static_cast<int>(ExitCode::some_failed);
  const Computed computed = usable ? results_of(series, config_) : Computed();
  const NodeRule* const rule = config_.rule(series.rule);
  if (computed.folders.empty()) return give_up_computing(series, code);
  std::vector<std::string> images;
  for (const auto& entry : std::filesystem::directory_iterator(spool_.work_folder(series) / "in"))
    images.push_back(entry.path().stem().string());
  if (!queue.computed(series, computed.folders, rule->destinations, images)) return;  // more images came meanwhile
  audit_.note("computed", {{"series", series.key},
                           {"results", computed.folders},
                           {"model", computed.model},
                           {"model_sha256", computed.model_sha256},
                           {"images", images.size()}});
}

void Scheduler::give_up_computing(const QueuedSeries& series, int code) {
  Queue queue(spool_.queue_file());
  const NodeRule* const rule = config_.rule(series.rule);
  const std::string command = rule == nullptr ? "" : " " + command_of(*rule);
  const std::string ended = "voxprior" + command + " ended with " + std::to_string(code);
  if (code == static_cast<int>(ExitCode::resources))
    return set_aside(series, ended + ": " + last_words_of(series, config_) + " (memory_mb in [worker])");
  const std::string why = ended + "; see work/" + spool_.work_folder(series).filename().string() + "/compute.log";
  const bool refused = is_final(code), full_disk = code == static_cast<int>(ExitCode::output),
             last = series.attempts + 1 >= config_.attempts && !full_disk;  // which is not the series' fault
  if (refused || last) {
    ++counters_.series_failed;
    queue.retry_at(series, series_state::failed, 0, why);
  } else {
    queue.retry_at(series, series_state::ready, next_attempt_s(series.attempts, config_), why);
  }
  audit_.note(refused || last ? "computing failed" : "computing is tried again",
              {{"series", series.key}, {"why", why}});
}

void Scheduler::set_aside(const QueuedSeries& series, const std::string& why) {
  if (!Queue(spool_.queue_file()).retry_at(series, series_state::quarantined, 0, why)) return;
  ++counters_.series_quarantined;
  audit_.note("quarantined", {{"series", series.key}, {"why", why}});
}

/// Else they are made again.
bool Scheduler::results_are_there(const Delivery& delivery) {
  if (holds_images(config_.spool / delivery.folder)) return true;
  if (Queue(spool_.queue_file()).compute_again(delivery.series))
    audit_.note("results are gone", {{"result", delivery.folder}, {"then", "they are computed again"}});
  return false;
}

void Scheduler::start_deliveries() {
  std::vector<Delivery> due;
  {
    Deliveries deliveries(spool_.queue_file());
    for (const Delivery& delivery : deliveries.in_state("sent")) {  // the archive has not said that it keeps it
      if (delivery.next_s < now_s()) deliveries.set(delivery, "pending", 0, "no storage commitment came");
    }
    for (const Delivery& delivery : deliveries.in_state("pending")) {
      if (now_s() - delivery.created_s > 3600 * config_.give_up_h) {
        expire(delivery, deliveries);
      } else if (delivery.next_s <= now_s() && shipments_.count(delivery.destination) == 0 &&
                 std::none_of(due.begin(), due.end(),
                              [&](const Delivery& other) { return other.destination == delivery.destination; }) &&
                 results_are_there(delivery)) {
        due.push_back(delivery);
      }
    }
  }
  for (const Delivery& delivery : due) {
    shipments_[delivery.destination] = {delivery, std::make_unique<ChildProcess>([&] {
                                          deliver(delivery, config_, counters_);
                                          return 0;
                                        })};
  }
}

void Scheduler::expire(const Delivery& delivery, Deliveries& deliveries) {
  deliveries.set(delivery, "failed", 0, "given up");
  audit_.note("delivery given up", {{"result", delivery.folder}, {"to", delivery.destination}});
}

void Scheduler::finish_deliveries() {
  for (auto shipment = shipments_.begin(); shipment != shipments_.end();) {
    const auto code = shipment->second.process->ended();
    if (code && *code != 0) {  // it crashed or was killed: the queue knows nothing of it
      const Delivery& delivery = shipment->second.delivery;
      Deliveries(spool_.queue_file())
          .set(delivery, "pending", next_attempt_s(delivery.attempts, config_), "the sender was ended");
      ++counters_.delivery_failures;
    }
    shipment = code ? shipments_.erase(shipment) : std::next(shipment);
  }
}

void Scheduler::close_delivered() {
  Queue queue(spool_.queue_file());
  for (const QueuedSeries& series : queue.in_state(series_state::delivering)) {
    const std::vector<Delivery> deliveries = Deliveries(spool_.queue_file()).of(series.id);
    const auto in = [&](const char* state) {
      return std::count_if(deliveries.begin(), deliveries.end(), [&](const Delivery& d) { return d.state == state; });
    };
    if (in("pending") + in("sent") > 0) continue;
    const bool all = in("failed") == 0;
    if (!queue.advance(series, all ? series_state::done : series_state::failed, all ? "" : "a delivery was given up"))
      continue;
    ++(all ? counters_.series_done : counters_.series_failed);
    audit_.note(all ? "done" : "failed", {{"series", series.key}, {"deliveries", deliveries.size()}});
  }
}

void Scheduler::wipe_old() {
  if (Clock::now() - wiped_ < kWipeEvery) return;
  wiped_ = Clock::now();
  Queue queue(spool_.queue_file());
  for (const char* state : {series_state::done, series_state::quarantined, series_state::failed}) {
    const double keep_h = state == series_state::done ? config_.retention_h : config_.quarantine_h;
    for (const QueuedSeries& series : queue.in_state(state)) {
      if (now_s() - series.state_s < 3600 * keep_h || queue.images_forgotten(series)) continue;
      queue.forget_images(series);  // first: images that nobody counts on may be left, but not the other way round
      spool_.wipe(series);
      audit_.note("wiped", {{"series", series.key}});
    }
  }
}

bool Scheduler::work_left() const {
  Queue queue(spool_.queue_file());
  const auto counts = queue.count_by_state();
  return std::any_of(counts.begin(), counts.end(), [](const auto& count) {
    return count.second > 0 && count.first != series_state::done && count.first != series_state::failed &&
           count.first != series_state::quarantined;
  });
}

}  // namespace voxprior
