#include "tests/workflows/network/node_fixture.h"

#include <httplib.h>
#include <signal.h>

#include <map>
#include <sstream>
#include <thread>

namespace voxprior::test {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::string> kNoDelay{{"TCP_NODELAY", "1"}};

/// The children of a process, the oldest first.
std::vector<pid_t> children_of(pid_t process) {
  std::ifstream list("/proc/" + std::to_string(process) + "/task/" + std::to_string(process) + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; list >> child;) children.push_back(child);
  return children;
}

std::string command_line_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/cmdline");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

/// The configuration that the tests begin with: one section a line group, keys that may be replaced.
std::string configuration(const fs::path& spool, int port, int http_port, int destination_port,
                          const Node::Changes& changes) {
  std::vector<std::pair<std::string, std::string>> sections{
      {"node", "ae_title = \"VOXPRIOR\"\nport = " + std::to_string(port) +
                   "\nhttp_port = " + std::to_string(http_port) + "\nspool = \"" + spool.string() + "\"\n"},
      {"limits", ""},
      {"series", ""},
      {"worker", "threads = 1\n"},
      {"delivery", ""},
      {"tls", ""}};
  std::map<std::string, std::string> defaults{{"limits", "disk_percent = 100\ndisk_free_mb = 0\n"},
                                              {"series", "settle_s = 0.3\nwait_s = 1\nflush = \"association\"\n"},
                                              {"delivery", "retry_s = 0.2\nlongest_retry_s = 1\n"}};
  std::string tables;
  bool own_rules = false;
  for (const auto& [section, text] : changes) {
    own_rules = own_rules || section == "rule";
    if (section == "sender" || section == "rule" || section == "destination")
      tables += "[[" + section + "]]\n" + text + "\n";
  }
  std::string all;
  for (auto& [section, text] : sections) {
    bool changed = false;
    for (const auto& [other, keys] : changes) {
      if (other != section) continue;
      text += keys + "\n";
      changed = true;
    }
    if (!changed) text += defaults[section];
    if (!text.empty()) all += "[" + section + "]\n" + text + "\n";
  }
  all +=
      "[[sender]]\nae_title = \"SCANNER\"\nhosts = [\"127.0.0.1\"]\n\n"
      "[[sender]]\nae_title = \"ORTHANC\"\nhosts = [\"127.0.0.1\"]\n\n"
      "[[destination]]\nname = \"archive\"\nae_title = \"ORTHANC\"\nhost = \"127.0.0.1\"\nport = " +
      std::to_string(destination_port) + "\n\n";
  if (!own_rules) all += "[[rule]]\nname = \"all\"\ndestinations = [\"archive\"]\n\n";
  return all + tables;
}

}  // namespace

bool wait_until(const std::function<bool()>& happened, double limit_s) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::duration<double>(limit_s);
  while (!happened()) {
    if (std::chrono::steady_clock::now() > limit) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
  }
  return true;
}

Node::Node(const fs::path& folder, int port, int destination_port, const Changes& changes)
    : config_(folder / "node.toml"), spool_(folder / "spool"), port_(port), http_port_(free_port()) {
  put_bytes(config_, configuration(spool_, port_, http_port_, destination_port, changes));
}

void Node::start() {
  process_ = std::make_unique<Process>(program(), std::vector<std::string>{"node", config_.string()});
  process_->wait_for("listening on");
  if (!wait_until([&] { return health_status() != 0; }))
    throw std::runtime_error("the node says nothing of its health");
}

int Node::stop() {
  process_->send(SIGTERM);
  return process_->wait().exit_code;
}

void Node::kill() {
  process_->send(SIGKILL);
  process_->wait();
}

pid_t Node::listener_id() const {
  for (const pid_t child : children_of(process_->id()))
    if (command_line_of(child).find(" node ") != std::string::npos) return child;
  return -1;
}

pid_t Node::worker_id() const {
  for (const pid_t child : children_of(process_->id()))
    if (command_line_of(child).find(" denoise ") != std::string::npos) return child;
  return -1;
}

std::string Node::audit() const { return fs::exists(spool_ / "audit.log") ? bytes_of(spool_ / "audit.log") : ""; }

int Node::events(const std::string& event) const {
  std::istringstream lines(audit());
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto record = nlohmann::json::parse(line, nullptr, false);
    count += record.is_object() && record.value("event", "") == event;
  }
  return count;
}

double Node::metric(const std::string& name) const {
  std::string body;
  const bool answered = wait_until([&] {  // a machine that does much else may let it wait
    const auto answer = httplib::Client("127.0.0.1", http_port_).Get("/metrics");
    if (answer && answer->status == 200) body = answer->body;
    return !body.empty();
  });
  if (!answered) throw std::runtime_error("no /metrics");
  std::istringstream lines("\n" + body);
  const std::string head = "voxprior_node_" + name + " ";
  for (std::string line; std::getline(lines, line);)
    if (line.compare(0, head.size(), head) == 0) return std::stod(line.substr(head.size()));
  return 0;
}

int Node::health_status() const {
  const auto answer = httplib::Client("127.0.0.1", http_port_).Get("/health");
  return answer ? answer->status : 0;
}

Outcome Node::store(const fs::path& what, const std::vector<std::string>& options, const std::string& calling,
                    const std::string& called) const {
  std::vector<std::string> words{"-aet", calling, "-aec", called};
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), {"127.0.0.1", std::to_string(port_)});
  if (fs::is_directory(what)) words.push_back("+sd");
  words.push_back(what.string());
  return Process("/usr/bin/storescu", words, kNoDelay).wait();
}

Outcome Node::echo(const std::string& calling, const std::string& called) const {
  return Process("/usr/bin/echoscu", {"-aet", calling, "-aec", called, "127.0.0.1", std::to_string(port_)}, kNoDelay)
      .wait();
}

void NodeTest::SetUp() {
  if (!Orthanc::available()) GTEST_SKIP() << "orthanc is not installed";
  port_ = free_port();
  archive_ = std::make_unique<Orthanc>(scratch_ / "orthanc", std::vector<Orthanc::Modality>{{"VOXPRIOR", port_}});
}

void NodeTest::start(const Node::Changes& changes) {
  node_ = std::make_unique<Node>(scratch_.path(), port_, archive_->dicom_port(), changes);
  node_->start();
}

std::vector<nlohmann::json> NodeTest::results() const {
  std::vector<nlohmann::json> made;
  for (const nlohmann::json& series : archive_->series()) {
    const std::string description = series["MainDicomTags"].value("SeriesDescription", "");
    if (description.find("RESEARCH USE ONLY") != std::string::npos) made.push_back(series);
  }
  return made;
}

bool NodeTest::arrived(std::size_t series, std::size_t images) const {
  const auto made = results();
  return made.size() == series &&
         std::all_of(made.begin(), made.end(), [&](const nlohmann::json& one) { return one["SOP"].size() == images; });
}

}  // namespace voxprior::test
