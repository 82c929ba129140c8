#include "workflows/node/status_page.h"

#include <httplib.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "base/version.h"
#include "workflows/node/deliveries.h"
#include "workflows/node/queue.h"
#include "workflows/node/reception.h"
#include "workflows/node/spool.h"

namespace voxprior {
namespace {

constexpr std::int64_t kSilent_ms = 10000;  // a process that says nothing for so long is stuck

class Metrics {
 public:
  void counter(const char* name, const char* help, const NodeCounters::Count& count) {
    head(name, help, "counter");
    text_ << "voxprior_node_" << name << ' ' << count.load() << '\n';
  }
  void gauge(const char* name, const char* help, double value) {
    head(name, help, "gauge");
    text_ << "voxprior_node_" << name << ' ' << value << '\n';
  }
  void head(const char* name, const char* help, const char* type) {
    text_ << "# HELP voxprior_node_" << name << ' ' << help << "\n# TYPE voxprior_node_" << name << ' ' << type << '\n';
  }
  std::ostringstream& text() { return text_; }

 private:
  std::ostringstream text_;
};

void add_counters(Metrics& metrics, const NodeCounters& c) {
  metrics.counter("associations_total", "associations accepted", c.associations);
  metrics.counter("associations_refused_total", "associations refused", c.associations_refused);
  metrics.counter("associations_aborted_total", "associations and connections that did not end as they should",
                  c.associations_aborted);
  metrics.counter("connections_refused_total", "connections closed at the door", c.connections_refused);
  metrics.counter("instances_stored_total", "instances received and kept", c.instances_stored);
  metrics.counter("instances_repeated_total", "instances received that were here already", c.instances_repeated);
  metrics.counter("instances_refused_total", "instances refused", c.instances_refused);
  metrics.counter("instances_no_room_total", "instances refused for want of disk space", c.no_room);
  metrics.counter("own_results_total", "results of our own that came back and were ignored", c.own_results);
  metrics.counter("bytes_stored_total", "bytes received and kept", c.bytes_stored);
  metrics.counter("series_done_total", "series whose results were delivered", c.series_done);
  metrics.counter("series_quarantined_total", "series set aside because they were not complete", c.series_quarantined);
  metrics.counter("series_failed_total", "series given up", c.series_failed);
  metrics.counter("instances_delivered_total", "instances that a destination stored", c.instances_delivered);
  metrics.counter("delivery_failures_total", "attempts to deliver that failed", c.delivery_failures);
  metrics.counter("process_restarts_total", "processes of the node that ended and were started again",
                  c.process_restarts);
}

}  // namespace

std::string metrics_text(const NodeConfig& config, const NodeCounters& counters) {
  Metrics metrics;
  add_counters(metrics, counters);
  const Spool spool(config);
  Queue queue(spool.queue_file());
  metrics.head("series", "series in the queue, by state", "gauge");
  for (const auto& [state, count] : queue.count_by_state())
    metrics.text() << "voxprior_node_series{state=\"" << state << "\"} " << count << '\n';
  metrics.gauge("deliveries_open", "results on their way to a destination",
                static_cast<double>(Deliveries(spool.queue_file()).open()));
  metrics.gauge("disk_used_ratio", "share of the spool's disk that is used", spool.used_share());
  metrics.gauge("disk_full", "1 when instances are refused for want of disk space", spool.full() ? 1 : 0);
  metrics.text() << "# TYPE voxprior_node_info gauge\nvoxprior_node_info{version=\"" << version() << "\"} 1\n";
  return metrics.text().str();
}

std::string health_text(const NodeConfig& config, const NodeCounters& counters, bool& well) {
  nlohmann::ordered_json problems = nlohmann::ordered_json::array();
  if (now_ms() - counters.listener_beat_ms > kSilent_ms) problems.push_back("the process that listens is silent");
  if (now_ms() - counters.scheduler_beat_ms > kSilent_ms) problems.push_back("the scheduler is silent");
  const Spool spool(config);
  if (!spool.is_there()) {
    problems.push_back("the spool is gone; instances are refused until it is back");
  } else if (spool.full()) {
    problems.push_back("the disk is full to the watermark; instances are refused");
  }
  well = problems.empty();
  return nlohmann::ordered_json{{"status", well ? "ok" : "ill"}, {"problems", problems}}.dump() + "\n";
}

void serve_status(const NodeConfig& config, const NodeCounters& counters) {
  httplib::Server server;
  server.set_payload_max_length(0);
  server.Get("/metrics", [&](const httplib::Request&, httplib::Response& response) {
    response.set_content(metrics_text(config, counters), "text/plain; version=0.0.4");
  });
  server.Get("/health", [&](const httplib::Request&, httplib::Response& response) {
    bool well = false;
    response.set_content(health_text(config, counters, well), "application/json");
    response.status = well ? 200 : 503;
  });
  if (!server.listen("127.0.0.1", config.http_port))
    fail(ExitCode::resources, "127.0.0.1:", config.http_port, ": cannot listen there; choose another http_port");
}

}  // namespace voxprior
