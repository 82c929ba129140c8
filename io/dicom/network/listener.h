#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace voxprior {

/// How much a listener takes on.
struct ConnectionCaps {
  int connections = 256;     ///< open at a time, associations included
  int associations = 64;     ///< open at a time
  int per_host = 200;        ///< connections of one address at a time
  int per_host_and_s = 100;  ///< new connections of one address in a second
};

/// What happens at the door, for logs and counters.
class ListenerEvents {
 public:
  virtual ~ListenerEvents() = default;
  virtual bool may_connect(const std::string& host) = 0;
  virtual void refused(const std::string&, const char*) {}  ///< host, why
  /// The process that served a connection has ended; `clean` if it was not killed, by us or by anybody.
  virtual void ended(pid_t, bool) {}
  virtual void tick() {}  ///< several times a second; whoever knocks waits as long as this takes
};

/// One connection, as the process that serves it sees it.
class ConnectionPlace {
 public:
  virtual ~ConnectionPlace() = default;
  /// Counts this connection as an association from now on; false when there are too many.
  virtual bool claim_association() = 0;
  /// Counts it no more: before its end is acknowledged, since whoever hears of that may call again at once, while this
  /// process still takes its time to end.
  virtual void association_over() = 0;
  /// How many associations are open now, this one included.
  virtual int associations() const = 0;
};

/// Takes connections and serves each in a process of its own. What one peer does can neither keep others waiting nor
/// harm them: a crash or a memory bomb ends one process. Connections on which no association was asked for yet make
/// room for new ones, the oldest first. For a process that has one thread.
class Listener {
 public:
  /// Binds. Throws Error(ExitCode::resources) when the port is taken; port 0 means any free one.
  Listener(const std::string& address, int port);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const { return port_; }

  /// Runs in the child: serves `socket`, a connection from `host`.
  using Serve = std::function<void(int socket, const std::string& host, ConnectionPlace& place)>;

  /// Accepts until `keep_going` says no, then waits up to `grace_s` for what is under way.
  void run(const ConnectionCaps& caps, ListenerEvents& events, const Serve& serve,
           const std::function<bool()>& keep_going, int grace_s);

 private:
  int socket_ = -1, port_ = 0;
};

}  // namespace voxprior
