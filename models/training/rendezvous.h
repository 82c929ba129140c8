#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/training/team_place.h"

namespace voxprior {

/// A small table of bytes by key that the processes of a team share while they find each other. Rank 0 holds it and
/// listens on the one address that the team's place names, not on all interfaces. There is no authentication: whoever
/// reaches that port can take part, so it belongs on the loopback interface or a network of one's own.
class Rendezvous {
 public:
  /// Rank 0 opens the port, the others connect to it, waiting for it as long as the place says. Throws
  /// Error(ExitCode::usage) for an address that cannot be found or listened on, Error(ExitCode::resumable) when rank 0
  /// does not come.
  explicit Rendezvous(const TeamPlace& place);
  ~Rendezvous();
  Rendezvous(const Rendezvous&) = delete;
  Rendezvous& operator=(const Rendezvous&) = delete;

  void set(const std::string& key, const std::string& value);
  /// Waits for the key. Throws Error(ExitCode::resumable) when it does not come in time.
  std::string get(const std::string& key);

  /// The address of ours that leads to rank 0: what to listen on for the others.
  const std::string& own_address() const { return own_address_; }

 private:
  class Server;
  std::unique_ptr<Server> server_;  // of rank 0
  int connection_ = -1;
  int timeout_s_;
  std::string own_address_;
};

}  // namespace voxprior
