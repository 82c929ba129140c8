#include "workflows/node/reception.h"

#include <algorithm>
#include <chrono>

#include "workflows/node/audit.h"
#include "workflows/node/clerk.h"
#include "workflows/node/intake.h"

namespace voxprior {
namespace {

/// Who may knock at the door, and what is told of those who may not.
class Porter final : public ListenerEvents {
 public:
  Porter(const NodeConfig& config, NodeCounters& counters)
      : config_(config), counters_(counters), audit_(Spool(config).audit_file()), clerk_(config) {}

  bool may_connect(const std::string& host) override {
    return std::any_of(config_.senders.begin(), config_.senders.end(),
                       [&](const NodeSender& sender) { return sender.hosts.contains(host); });
  }

  void refused(const std::string& host, const char* why) override {
    ++counters_.connections_refused;
    if (counters_.first_this_minute(host + why)) audit_.note("connection refused", {{"host", host}, {"why", why}});
  }

  void ended(pid_t process, bool clean) override {
    clerk_.take(process);
    if (!clean) ++counters_.associations_aborted;
  }

  void tick() override {
    counters_.listener_beat_ms = now_ms();
    clerk_.go_on();
  }

  void finish() { clerk_.finish(); }

 private:
  const NodeConfig& config_;
  NodeCounters& counters_;
  AuditLog audit_;
  Clerk clerk_;
};

}  // namespace

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

void receive_images(Listener& listener, const NodeConfig& config, NodeCounters& counters,
                    const std::function<bool()>& keep_going, int grace_s) {
  Porter porter(config, counters);
  listener.run(
      config.caps, porter,
      [&](int socket, const std::string& host, ConnectionPlace& place) {
        Intake intake(config, counters, place);
        const AssociationEnd end = serve_association(socket, host, config.association, intake);
        if (end == AssociationEnd::aborted) ++counters.associations_aborted;
      },
      keep_going, grace_s);
  porter.finish();
}

}  // namespace voxprior
