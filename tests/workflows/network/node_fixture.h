#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/workflows/network/orthanc.h"
#include "tests/workflows/network/ports.h"
#include "tests/workflows/process.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior::test {

/// Waits until `happened`, up to `limit_s`; whether it did.
bool wait_until(const std::function<bool()>& happened, double limit_s = 180);

/// A node on free ports of this machine, and what it says.
class Node {
 public:
  /// Keys of the configuration file that differ from what the tests have, by section: {"series", "wait_s = 1"}.
  using Changes = std::vector<std::pair<std::string, std::string>>;

  Node(const std::filesystem::path& folder, int port, int destination_port, const Changes& changes = {});

  /// Starts the node and waits until it listens. Standard error goes to the audit log, too.
  void start();
  /// Ends it with SIGTERM; its exit code.
  int stop();
  /// Kills the process that was started; the others die with it.
  void kill();

  int port() const { return port_; }
  std::string endpoint() const { return "VOXPRIOR@127.0.0.1:" + std::to_string(port_); }
  const std::filesystem::path& spool() const { return spool_; }
  const std::filesystem::path& config() const { return config_; }
  pid_t process_id() const { return process_->id(); }
  /// The process that listens: the first child. -1 if there is none.
  pid_t listener_id() const;
  /// The process that computes: a child that runs `voxprior denoise`. -1 if there is none.
  pid_t worker_id() const;

  std::string audit() const;
  /// How many lines of the audit log are of this event.
  int events(const std::string& event) const;
  /// A number of /metrics, by its name without "voxprior_node_".
  double metric(const std::string& name) const;
  int health_status() const;

  /// storescu of DCMTK with `options` before the files; its outcome.
  Outcome store(const std::filesystem::path& what, const std::vector<std::string>& options = {},
                const std::string& calling = "SCANNER", const std::string& called = "VOXPRIOR") const;
  Outcome echo(const std::string& calling = "SCANNER", const std::string& called = "VOXPRIOR") const;

 private:
  std::filesystem::path config_, spool_;
  int port_, http_port_;
  std::unique_ptr<Process> process_;
};

/// A node whose results go to a real archive.
struct NodeTest : WorkflowTest {
  void SetUp() override;
  /// Starts the node.
  void start(const Node::Changes& changes = {});
  /// The series in the archive that the node made.
  std::vector<nlohmann::json> results() const;
  /// Whether the archive has so many of them with so many images each.
  bool arrived(std::size_t series, std::size_t images) const;

  static std::string ct() { return testdata("dicom/ct_cmb_crc_crop"); }

  int port_ = 0;  ///< of the node
  std::unique_ptr<Orthanc> archive_;
  std::unique_ptr<Node> node_;
};

}  // namespace voxprior::test
