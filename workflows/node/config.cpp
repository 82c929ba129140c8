#include "workflows/node/config.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "models/training/toml_section.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr double kYear_h = 24 * 366;
constexpr double kThinnest_mm = 0.01, kThickest_mm = 100;
constexpr std::int64_t kMostMb = std::int64_t{1} << 40;

void read_port(TomlSection& section, const char* key, int& port, int least) {
  std::int64_t number = port;
  section.read(key, number, least, 65535);
  port = static_cast<int>(number);
}

void read_int(TomlSection& section, const char* key, int& value, int least, int most) {
  std::int64_t number = value;
  section.read(key, number, least, most);
  value = static_cast<int>(number);
}

std::string required(TomlSection& section, const char* key) {
  std::string value;
  section.read(key, value);
  if (value.empty()) section.refuse_section(std::string("needs the key '") + key + "'");
  return value;
}

std::string ae_title(TomlSection& section) {
  const std::string title = required(section, "ae_title");
  const std::string objection = objection_to_ae_title(title);
  if (!objection.empty()) section.refuse_key("ae_title", objection);
  return title;
}

void read_node(TomlSection section, NodeConfig& config) {
  config.association.ae_title = ae_title(section);
  section.read("address", config.address);
  read_port(section, "port", config.port, 0);
  read_port(section, "http_port", config.http_port, 0);
  config.spool = required(section, "spool");
  if (!config.spool.is_absolute()) section.refuse_key("spool", "must be an absolute path, as in /var/lib/voxprior");
  section.refuse_unknown_keys();
}

void read_limits(TomlSection section, NodeConfig& config) {
  read_int(section, "connections", config.caps.connections, 1, 4096);
  read_int(section, "associations", config.caps.associations, 1, 1024);
  read_int(section, "connections_per_host", config.caps.per_host, 1, 4096);
  read_int(section, "connections_per_host_and_second", config.caps.per_host_and_s, 1, 100000);
  read_int(section, "request_s", config.association.request_s, 1, 120);
  read_int(section, "idle_s", config.association.idle_s, 1, 3600);
  read_int(section, "instance_s", config.association.instance_s, 1, 3600);
  section.read("largest_instance_mb", config.largest_instance_mb, 1, kMostMb);
  section.read("disk_percent", config.disk_percent, 1, 100);
  section.read("disk_free_mb", config.disk_free_mb, 0, kMostMb);
  section.refuse_unknown_keys();
}

void read_series(TomlSection section, NodeConfig& config) {
  std::string flush = "association";
  section.read("settle_s", config.settle_s, 0, 3600);
  section.read("wait_s", config.wait_s, 0, 1e6);
  section.read("retention_h", config.retention_h, 0, kYear_h);
  section.read("quarantine_h", config.quarantine_h, 0, kYear_h);
  section.read("flush", flush, {"instance", "association"});
  config.flush = flush == "instance" ? Flush::to_disk : Flush::to_kernel;
  section.refuse_unknown_keys();
}

void read_worker(TomlSection section, NodeConfig& config) {
  section.read("threads", config.threads, 0, 1024);
  section.read("memory_mb", config.memory_mb, 200, kMostMb);
  section.read("minutes", config.minutes, 1, 24 * 60);
  section.read("attempts", config.attempts, 1, 100);
  section.refuse_unknown_keys();
}

void read_delivery(TomlSection section, NodeConfig& config) {
  section.read("retry_s", config.retry_s, 0.1, 3600);
  section.read("longest_retry_s", config.longest_retry_s, 0.1, 86400);
  section.read("give_up_h", config.give_up_h, 0.001, kYear_h);
  section.read("commitment_s", config.commitment_s, 1, 86400);
  section.refuse_unknown_keys();
}

void read_tls(TomlSection section, NodeConfig& config) {
  TlsFiles& tls = config.association.tls;
  section.read("key", tls.key);
  section.read("certificate", tls.certificate);
  section.read("trusted", tls.trusted);
  section.read("require_client_certificate", tls.require_peer_certificate);
  section.refuse_unknown_keys();
  const bool any = !tls.key.empty() || !tls.certificate.empty() || !tls.trusted.empty();
  if (any && (tls.key.empty() || tls.certificate.empty() || tls.trusted.empty()))
    section.refuse_section("needs 'key', 'certificate' and 'trusted' together");
}

NodeSender sender_of(TomlSection& section, const std::string& file) {
  std::vector<std::string> hosts;
  const std::string title = ae_title(section);
  section.read("hosts", hosts);
  if (hosts.empty()) section.refuse_section("needs the key 'hosts', a list of addresses, networks or names");
  section.refuse_unknown_keys();
  try {
    return {title, HostList(file + ": hosts of '" + title + "'", hosts)};
  } catch (const Error& error) {
    section.refuse_key("hosts", std::string("is refused: ") + error.what());
  }
}

NodeDestination destination_of(TomlSection& section, bool tls_given) {
  NodeDestination destination;
  destination.name = required(section, "name");
  destination.endpoint.ae_title = ae_title(section);
  destination.endpoint.host = required(section, "host");
  read_port(section, "port", destination.endpoint.port, 1);
  if (destination.endpoint.port == 0) section.refuse_section("needs the key 'port'");
  section.read("tls", destination.tls);
  section.read("commitment", destination.commitment);
  section.refuse_unknown_keys();
  if (destination.tls && !tls_given) section.refuse_key("tls", "needs the section [tls] with our key and certificate");
  return destination;
}

/// Keys that say how to do one task mean nothing to another.
void read_task(TomlSection& section, NodeRule& rule) {
  const std::map<std::string, std::vector<const char*>> keys{{"denoise", {"noise", "strength"}},
                                                             {"superres", {"thickness", "spacing"}}};
  section.read("task", rule.task, {"denoise", "superres"});
  for (const auto& [task, own] : keys) {
    for (const char* key : own) {
      if (task != rule.task && section.has(key))
        section.refuse_key(key, "is for the task " + task + ", and this rule's is " + rule.task + "; leave it out");
    }
  }
  section.read("noise", rule.noise, {"auto", "gaussian", "rician"});
  section.read("strength", rule.strength, 0, 1);
  section.read("thickness", rule.thickness_mm, kThinnest_mm, kThickest_mm);
  section.read("spacing", rule.spacing_mm, kThinnest_mm, kThickest_mm);
}

NodeRule rule_of(TomlSection& section, const NodeConfig& config) {
  NodeRule rule;
  rule.name = required(section, "name");
  read_task(section, rule);
  section.read("modality", rule.modality, {"", "MR", "CT"});
  section.read("description", rule.descriptions);
  section.read("sequence", rule.sequences);
  section.read("senders", rule.senders);
  section.read("model", rule.model);
  section.read("destinations", rule.destinations);
  section.refuse_unknown_keys();
  if (rule.destinations.empty()) section.refuse_section("needs the key 'destinations', a list of names");
  for (const std::string& name : rule.destinations) {
    const bool known = std::any_of(config.destinations.begin(), config.destinations.end(),
                                   [&](const NodeDestination& one) { return one.name == name; });
    if (!known) section.refuse_key("destinations", "names '" + name + "', which is no [[destination]]");
  }
  return rule;
}

template <typename Rows, typename Name>
void refuse_twins(const Rows& rows, const Name& name_of, const std::string& file, const char* list) {
  std::set<std::string> names;
  for (const auto& row : rows) {
    if (!names.insert(name_of(row)).second)
      fail(ExitCode::usage, file, ": two [[", list, "]] are called '", name_of(row), "'");
  }
}

void check_whole(const NodeConfig& config, const std::string& file) {
  refuse_twins(
      config.destinations, [](const NodeDestination& d) { return d.name; }, file, "destination");
  refuse_twins(
      config.rules, [](const NodeRule& r) { return r.name; }, file, "rule");
  for (const char* missing : {config.senders.empty() ? "sender" : "", config.destinations.empty() ? "destination" : "",
                              config.rules.empty() ? "rule" : ""}) {
    if (*missing != 0) fail(ExitCode::usage, file, ": has no [[", missing, "]]; a node needs one at least");
  }
}

}  // namespace

const NodeDestination& NodeConfig::destination(const std::string& name) const {
  for (const NodeDestination& one : destinations)
    if (one.name == name) return one;
  fail(ExitCode::usage, "the destination '", name, "' is not in the configuration any more");
}

const NodeRule* NodeConfig::rule(const std::string& name) const {
  for (const NodeRule& one : rules)
    if (one.name == name) return &one;
  return nullptr;
}

NodeConfig read_node_config(const fs::path& path) {
  const std::string file = path.string();
  const toml::table table =
      parse_toml(path, {"node", "limits", "series", "worker", "delivery", "tls"}, {"sender", "destination", "rule"});
  NodeConfig config;
  read_node(TomlSection(table, "node", file), config);
  read_limits(TomlSection(table, "limits", file), config);
  read_series(TomlSection(table, "series", file), config);
  read_worker(TomlSection(table, "worker", file), config);
  read_delivery(TomlSection(table, "delivery", file), config);
  read_tls(TomlSection(table, "tls", file), config);
  for (TomlSection& section : TomlSection::list(table, "sender", file))
    config.senders.push_back(sender_of(section, file));
  for (TomlSection& section : TomlSection::list(table, "destination", file))
    config.destinations.push_back(destination_of(section, config.association.tls.given()));
  for (TomlSection& section : TomlSection::list(table, "rule", file)) config.rules.push_back(rule_of(section, config));
  check_whole(config, file);
  return config;
}

}  // namespace voxprior
