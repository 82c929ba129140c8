#pragma once

#include <string>

namespace voxprior {

/// Where a process stands among those that train one network.
struct TeamPlace {
  int rank = 0, count = 1;
  std::string address;  ///< of rank 0: a host name or an IP address
  int port = 0;         ///< on which rank 0 waits for the others
  int timeout_s = 600;  ///< how long to wait for those that have not come yet
};

}  // namespace voxprior
