#include "io/dicom/network/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <vector>

#include "base/error.h"
#include "io/dicom/network/dcmtk_network.h"

namespace voxprior {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTick_ms = 100;
constexpr int kBacklog = 512;

/// What the processes share of a connection: how far it has come.
enum class Stage { waiting, association, over };
using SharedStage = std::atomic<Stage>;
static_assert(SharedStage::is_always_lock_free, "shared between processes");

struct Connection {
  pid_t process = 0;  // 0: free
  std::string host;
  Clock::time_point since;
};

class SharedPlaces {
 public:
  explicit SharedPlaces(std::size_t count) : count_(count) {
    void* const memory =
        ::mmap(nullptr, count * sizeof(SharedStage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail(ExitCode::resources, "no memory for ", count, " connections");
    stages_ = static_cast<SharedStage*>(memory);
    for (std::size_t n = 0; n < count; ++n) new (&stages_[n]) SharedStage(Stage::waiting);
  }
  ~SharedPlaces() { ::munmap(stages_, count_ * sizeof(SharedStage)); }
  SharedPlaces(const SharedPlaces&) = delete;
  SharedPlaces& operator=(const SharedPlaces&) = delete;

  SharedStage& operator[](std::size_t n) { return stages_[n]; }
  int associations() const { return static_cast<int>(std::count(stages_, stages_ + count_, Stage::association)); }

 private:
  SharedStage* stages_;
  std::size_t count_;
};

class Place final : public ConnectionPlace {
 public:
  Place(SharedPlaces& places, std::size_t index, int most) : places_(places), index_(index), most_(most) {}
  bool claim_association() override {
    // Before counting: of two that claim the last place at least one sees the other.
    places_[index_] = Stage::association;
    if (places_.associations() <= most_) return true;
    places_[index_] = Stage::waiting;
    return false;
  }
  void association_over() override { places_[index_] = Stage::over; }
  int associations() const override { return places_.associations(); }

 private:
  SharedPlaces& places_;
  std::size_t index_;
  int most_;
};

std::string text_of_address(const sockaddr_in& address) {
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
  return text;
}

/// How many connections each address has opened in the current second.
class RateLimit {
 public:
  explicit RateLimit(int per_s) : per_s_(per_s) {}
  bool allows(const std::string& host) {
    const auto now = Clock::now();
    if (now - window_ > std::chrono::seconds(1)) {
      window_ = now;
      counts_.clear();
    }
    return ++counts_[host] <= per_s_;
  }

 private:
  int per_s_;
  Clock::time_point window_{};
  std::map<std::string, int> counts_;
};

/// The loop of a listener.
class Door {
 public:
  Door(int socket, const ConnectionCaps& caps, ListenerEvents& events, const Listener::Serve& serve)
      : socket_(socket),
        caps_(caps),
        events_(events),
        serve_(serve),
        places_(static_cast<std::size_t>(caps.connections)),
        connections_(static_cast<std::size_t>(caps.connections)),
        rate_(caps.per_host_and_s) {}

  void turn() {
    pollfd waiting{socket_, POLLIN, 0};
    ::poll(&waiting, 1, kTick_ms);
    reap();
    while ((waiting.revents & POLLIN) != 0 && accept_one()) {
    }
    events_.tick();
  }

  bool empty() const {
    return std::all_of(connections_.begin(), connections_.end(), [](const Connection& c) { return c.process == 0; });
  }

  void reap() {
    for (std::size_t n = 0; n < connections_.size(); ++n) {
      int status = 0;
      const pid_t process = connections_[n].process;
      if (process == 0 || ::waitpid(process, &status, WNOHANG) != process) continue;
      connections_[n].process = 0;
      places_[n] = Stage::waiting;
      events_.ended(process, WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
  }

  void kill_all() {
    for (const Connection& one : connections_)
      if (one.process != 0) ::kill(one.process, SIGKILL);
  }

 private:
  /// False when nobody is waiting at the door any more.
  bool accept_one() {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    const int connected = ::accept4(socket_, reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC);
    if (connected < 0) return errno == EINTR || errno == ECONNABORTED;
    const std::string host = text_of_address(address);
    const char* const objection = objection_to(host);
    if (objection != nullptr) {
      events_.refused(host, objection);
    } else {
      start(connected, host);
    }
    ::close(connected);
    return true;
  }

  const char* objection_to(const std::string& host) {
    if (!events_.may_connect(host)) return "host is not listed";
    if (!rate_.allows(host)) return "too many connections in a second";
    const auto same_host = std::count_if(connections_.begin(), connections_.end(),
                                         [&](const Connection& one) { return one.process != 0 && one.host == host; });
    if (same_host >= caps_.per_host && !evict(host)) return "too many connections of this host";
    if (free_place() == connections_.size() && !evict("")) return "too many connections";
    return nullptr;
  }

  std::size_t free_place() const {
    std::size_t n = 0;
    while (n < connections_.size() && connections_[n].process != 0) ++n;
    return n;
  }

  /// Ends the oldest connection that has been no association yet, of this host or (empty) of any; false if there is
  /// none.
  bool evict(const std::string& host) {
    std::size_t oldest = connections_.size();
    for (std::size_t n = 0; n < connections_.size(); ++n) {
      const Connection& one = connections_[n];
      if (one.process == 0 || places_[n] != Stage::waiting || (!host.empty() && one.host != host)) continue;
      if (oldest == connections_.size() || one.since < connections_[oldest].since) oldest = n;
    }
    if (oldest == connections_.size()) return false;
    const pid_t process = connections_[oldest].process;
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
    connections_[oldest].process = 0;
    events_.refused(connections_[oldest].host, "idle connection gave way");
    events_.ended(process, false);
    return true;
  }

  void start(int connected, const std::string& host) {
    const std::size_t place = free_place();
    const pid_t parent = ::getpid(), process = ::fork();
    if (process == 0) be_the_child(connected, host, place, parent);
    if (process < 0) {
      events_.refused(host, "no process can be made");
      return;
    }
    connections_[place] = {process, host, Clock::now()};
  }

  [[noreturn]] void be_the_child(int connected, const std::string& host, std::size_t place, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);  // it died before we could ask
    ::close(socket_);
    int status = 0;
    try {
      Place mine(places_, place, caps_.associations);
      serve_(connected, host, mine);
    } catch (const std::exception&) {
      status = 1;
    }
    ::_exit(status);
  }

  int socket_;
  const ConnectionCaps& caps_;
  ListenerEvents& events_;
  const Listener::Serve& serve_;
  SharedPlaces places_;
  std::vector<Connection> connections_;
  RateLimit rate_;
};

}  // namespace

Listener::Listener(const std::string& address, int port) {
  prepare_dcmtk_network();  // once, for the processes of all connections
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1)
    fail(ExitCode::usage, "'", address,
         "' is no IPv4 address to listen on; 127.0.0.1 is this machine alone, 0.0.0.0 all");
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);  // accepted sockets inherit it
  socklen_t size = sizeof where;
  if (socket_ < 0 || ::bind(socket_, reinterpret_cast<const sockaddr*>(&where), size) != 0 ||
      ::listen(socket_, kBacklog) != 0 || ::getsockname(socket_, reinterpret_cast<sockaddr*>(&where), &size) != 0) {
    const int error = errno;
    if (socket_ >= 0) ::close(socket_);
    fail(ExitCode::resources, address, ":", port, ": cannot listen there: ", std::strerror(error));
  }
  port_ = ntohs(where.sin_port);
}

Listener::~Listener() { ::close(socket_); }

void Listener::run(const ConnectionCaps& caps, ListenerEvents& events, const Serve& serve,
                   const std::function<bool()>& keep_going, int grace_s) {
  Door door(socket_, caps, events, serve);
  while (keep_going()) door.turn();
  ::shutdown(socket_, SHUT_RD);  // new connections are refused from here on
  const auto deadline = Clock::now() + std::chrono::seconds(grace_s);
  while (!door.empty() && Clock::now() < deadline) {
    ::usleep(kTick_ms * 1000);
    door.reap();
  }
  door.kill_all();
  while (!door.empty()) {
    door.reap();
    ::usleep(1000);
  }
}

}  // namespace voxprior
