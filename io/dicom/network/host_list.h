#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace voxprior {

/// Hosts that may call: addresses, networks and names.
class HostList {
 public:
  /// Each is an IPv4 address ("10.0.0.5"), a network ("10.0.0.0/24") or a name, which is looked up now. Throws
  /// Error(ExitCode::usage) that begins with `what` for anything else.
  HostList(const std::string& what, const std::vector<std::string>& hosts);

  /// Whether an IPv4 address ("10.0.0.5") is among them.
  bool contains(const std::string& address) const;

 private:
  struct Network {
    std::uint32_t address, mask;
  };
  std::vector<Network> networks_;
};

}  // namespace voxprior
