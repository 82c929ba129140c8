#include "workflows/node/delivering.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "io/dicom/network/commitment.h"
#include "io/dicom/network/send_instances.h"
#include "io/dicom/uid.h"
#include "workflows/node/audit.h"
#include "workflows/node/spool.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

std::vector<InstanceFile> instances_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<InstanceFile> instances;
  for (const fs::path& file : files) instances.push_back(identify_instance(file));
  return instances;
}

CallOptions options_for(const NodeDestination& destination, const NodeConfig& config) {
  CallOptions options;
  options.calling_title = config.association.ae_title;
  if (destination.tls) options.tls = config.association.tls;
  return options;
}

/// Throws Error when one instance was not stored.
void send_all(const NodeDestination& destination, const CallOptions& options,
              const std::vector<InstanceFile>& instances, NodeCounters& counters) {
  std::size_t stored = 0;
  std::string problem;
  send_instances(destination.endpoint, options, instances, [&](const StoreOutcome& outcome) {
    stored += outcome.stored;
    counters.instances_delivered += outcome.stored;
    if (!outcome.stored) problem = outcome.problem;
  });
  if (stored < instances.size()) {
    fail(ExitCode::output, in_words(destination.endpoint), ": stored ", stored, " of ", instances.size(),
         " instances; ", problem);
  }
}

/// Asks for commitment where the destination should give it; true when an answer is to be waited for.
bool ask_to_keep(const Delivery& delivery, const NodeDestination& destination, const CallOptions& options,
                 const std::vector<InstanceFile>& instances, Deliveries& deliveries) {
  if (!destination.commitment) return false;
  const std::string transaction = uid_from_name("storage commitment " + std::to_string(delivery.id) + " " +
                                                std::to_string(delivery.attempts) + " " + std::to_string(now_s()));
  deliveries.set_transaction(delivery.id, transaction);  // before it is asked: the answer may be quicker than we are
  return request_commitment(destination.endpoint, options, instances, transaction);
}

}  // namespace

double next_attempt_s(std::int64_t attempts, const NodeConfig& config) {
  const double doublings = static_cast<double>(std::min<std::int64_t>(attempts, 30));
  return now_s() + std::min(config.longest_retry_s, config.retry_s * std::exp2(doublings));
}

void deliver(const Delivery& delivery, const NodeConfig& config, NodeCounters& counters) {
  const Spool spool(config);
  AuditLog audit(spool.audit_file());
  Deliveries deliveries(spool.queue_file());
  try {
    const NodeDestination& destination = config.destination(delivery.destination);
    const CallOptions options = options_for(destination, config);
    const std::vector<InstanceFile> instances = instances_in(config.spool / delivery.folder);
    send_all(destination, options, instances, counters);
    const bool waits = ask_to_keep(delivery, destination, options, instances, deliveries);
    deliveries.set(delivery, waits ? "sent" : "delivered", now_s() + config.commitment_s, "");
    audit.note("delivered", {{"result", delivery.folder},
                             {"to", delivery.destination},
                             {"images", instances.size()},
                             {"commitment", waits ? "asked for" : "none"}});
  } catch (const Error& error) {
    ++counters.delivery_failures;
    deliveries.set(delivery, "pending", next_attempt_s(delivery.attempts, config), error.what());
    audit.note("delivery failed", {{"result", delivery.folder},
                                   {"to", delivery.destination},
                                   {"attempt", delivery.attempts + 1},
                                   {"why", error.what()}});
  }
}

}  // namespace voxprior
