#include "workflows/node/clerk.h"

#include "workflows/node/arrivals.h"
#include "workflows/node/audit.h"
#include "workflows/node/spool.h"

namespace voxprior {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kLongest_s = 10;

/// An association is noted as aborted once what it sent is on the disk: only then it may be taken up where it was cut
/// off.
void note_ended(const std::vector<std::int64_t>& processes, const NodeConfig& config) {
  const Spool spool(config);
  Arrivals arrivals(spool.queue_file());
  std::vector<std::int64_t> aborted;
  for (const std::int64_t process : processes)
    if (arrivals.has_open(process)) aborted.push_back(process);
  if (!aborted.empty() && config.flush == Flush::to_kernel) spool.flush();
  AuditLog audit(spool.audit_file());
  for (const std::int64_t process : aborted)
    audit.note("association aborted", {{"by", arrivals.process_ended(process)}});
  spool.remove_unfinished(processes);
}

}  // namespace

void Clerk::go_on() {
  if (child_ && !look_at_child()) return;
  if (ended_.empty() || Clock::now() < not_before_) return;
  in_hand_ = ended_.size();
  child_ = std::make_unique<ChildProcess>([this] {
    note_ended(ended_, config_);
    return 0;
  });
}

void Clerk::finish() {
  if (child_) child_->wait(kLongest_s);
  if (child_) look_at_child();
  note_ended(ended_, config_);
}

/// False while it works.
bool Clerk::look_at_child() {
  const auto code = child_->ended();
  if (!code) return false;
  child_.reset();
  if (*code == 0) {
    ended_.erase(ended_.begin(), ended_.begin() + static_cast<std::ptrdiff_t>(in_hand_));
  } else {  // the disk is full, or it was killed: once more
    not_before_ = Clock::now() + std::chrono::seconds(1);
  }
  return true;
}

}  // namespace voxprior
