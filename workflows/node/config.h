#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "io/dicom/network/association.h"
#include "io/dicom/network/endpoint.h"
#include "io/dicom/network/host_list.h"
#include "io/dicom/network/listener.h"
#include "io/dicom/network/tls.h"

namespace voxprior {

/// Who may send to the node.
struct NodeSender {
  std::string ae_title;
  HostList hosts;
};

/// Where results go.
struct NodeDestination {
  std::string name;
  DicomEndpoint endpoint;
  bool tls = false;
  bool commitment = false;  ///< ask it to confirm that it keeps what it got, where it offers that
};

/// What is done with which series. Patterns are those of a shell: * and ?, without regard to case; empty: any.
struct NodeRule {
  std::string name, modality;
  std::vector<std::string> descriptions, sequences, senders;
  std::string task = "denoise", model = "auto";
  std::string noise = "auto";               ///< of denoise
  double strength = 1;                      ///< of denoise
  double thickness_mm = 0, spacing_mm = 0;  ///< of superres; 0: as `recon superres` finds them
  std::vector<std::string> destinations;
};

/// A node's configuration file, checked. Times are in seconds.
struct NodeConfig {
  std::string address = "127.0.0.1";
  int port = 11112, http_port = 0;  ///< http_port 0: no /metrics and /health
  std::filesystem::path spool;
  AssociationRules association;  ///< the AE title of the node, TLS, timeouts
  ConnectionCaps caps;
  std::int64_t largest_instance_mb = 4096, disk_percent = 90, disk_free_mb = 2000;
  double settle_s = 10, wait_s = 900, retention_h = 24, quarantine_h = 168;
  Flush flush = Flush::to_kernel;
  std::int64_t threads = 0, memory_mb = 4000, minutes = 60, attempts = 3;
  double retry_s = 5, longest_retry_s = 600, give_up_h = 72, commitment_s = 600;
  std::vector<NodeSender> senders;
  std::vector<NodeDestination> destinations;
  std::vector<NodeRule> rules;

  const NodeDestination& destination(const std::string& name) const;
  const NodeRule* rule(const std::string& name) const;  ///< null: there is none of that name any more
};

/// Throws Error(ExitCode::usage) that names file, line and key, and what is allowed.
NodeConfig read_node_config(const std::filesystem::path& path);

}  // namespace voxprior
