#include "models/training/rendezvous.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr std::uint32_t kLongest = 1 << 20;  // bytes of a key or a value
constexpr int kGrace_s = 5;                  // that rank 0 gets to hang up itself
constexpr char kSet = 's', kGet = 'g';

std::string in_words(const TeamPlace& place) { return place.address + ":" + std::to_string(place.port); }

/// A descriptor that is closed.
class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

struct AddressList {
  explicit AddressList(const TeamPlace& place) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    const int problem = getaddrinfo(place.address.c_str(), std::to_string(place.port).c_str(), &hints, &first);
    if (problem != 0) fail(ExitCode::usage, "MASTER_ADDR ", place.address, ": ", gai_strerror(problem));
  }
  ~AddressList() { freeaddrinfo(first); }
  AddressList(const AddressList&) = delete;
  AddressList& operator=(const AddressList&) = delete;
  addrinfo* first = nullptr;
};

bool send_all(int socket, const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent, count -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_all(int socket, char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t received = recv(socket, bytes, count, 0);
    if (received <= 0) return false;
    bytes += received, count -= static_cast<std::size_t>(received);
  }
  return true;
}

bool send_text(int socket, const std::string& text) {
  const std::uint32_t size = htonl(static_cast<std::uint32_t>(text.size()));
  return send_all(socket, reinterpret_cast<const char*>(&size), sizeof size) &&
         send_all(socket, text.data(), text.size());
}

bool receive_text(int socket, std::string& text) {
  std::uint32_t size = 0;
  if (!receive_all(socket, reinterpret_cast<char*>(&size), sizeof size)) return false;
  size = ntohl(size);
  if (size > kLongest) return false;
  text.resize(size);
  return receive_all(socket, text.data(), size);
}

int listening_socket(const TeamPlace& place) {
  const AddressList addresses(place);
  const addrinfo& to = *addresses.first;
  Socket socket(::socket(to.ai_family, SOCK_STREAM | SOCK_CLOEXEC, to.ai_protocol));
  const int yes = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(socket.get(), to.ai_addr, to.ai_addrlen) != 0 || listen(socket.get(), place.count) != 0)
    fail(ExitCode::usage, in_words(place), ": cannot wait there for the other processes: ", std::strerror(errno),
         "; MASTER_ADDR is the address of rank 0, MASTER_PORT a port that is free there");
  return socket.release();
}

/// Connects to rank 0, which may not be there yet.
int connected_socket(const TeamPlace& place) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(place.timeout_s);
  const AddressList addresses(place);
  while (std::chrono::steady_clock::now() < limit) {
    for (const addrinfo* to = addresses.first; to; to = to->ai_next) {
      Socket socket(::socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, to->ai_protocol));
      if (socket.get() >= 0 && connect(socket.get(), to->ai_addr, to->ai_addrlen) == 0) return socket.release();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  fail(ExitCode::resumable, in_words(place), ": rank 0 did not come within ", place.timeout_s,
       " s; start all processes together");
}

std::string own_address_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  char host[NI_MAXHOST] = "";
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      getnameinfo(reinterpret_cast<sockaddr*>(&address), size, host, sizeof host, nullptr, 0, NI_NUMERICHOST) != 0)
    fail(ExitCode::bug, "the address of a socket cannot be told");
  return host;
}

}  // namespace

/// Rank 0's table, and a thread for each process that asks.
class Rendezvous::Server {
 public:
  explicit Server(const TeamPlace& place) : listening_(listening_socket(place)), timeout_(place.timeout_s) {
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~Server() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      changed_.notify_all();
      shutdown(listening_.get(), SHUT_RDWR);
      for (const int client : clients_) shutdown(client, SHUT_RDWR);
    }
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    for (const int client : clients_) close(client);
  }

 private:
  void accept_all() {
    for (;;) {
      const int client = accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      const std::lock_guard lock(mutex_);
      clients_.push_back(client);
      if (closing_) return;
      threads_.emplace_back([this, client] { serve(client); });
    }
  }

  /// Until the client goes, or asks for what does not come in time: it is then hung up on.
  void serve(int client) {
    while (answer(client)) {
    }
    shutdown(client, SHUT_RDWR);
  }

  bool answer(int client) {
    char what;
    std::string key, value;
    if (!receive_all(client, &what, 1) || !receive_text(client, key)) return false;
    if (what == kSet) {
      if (!receive_text(client, value)) return false;
      const std::lock_guard lock(mutex_);
      table_[key] = value;
      changed_.notify_all();
      return true;
    }
    std::unique_lock lock(mutex_);
    const bool there = changed_.wait_for(lock, timeout_, [&] { return closing_ || table_.count(key) > 0; });
    if (!there || closing_) return false;
    value = table_[key];
    lock.unlock();
    return send_text(client, value);
  }

  Socket listening_;
  std::chrono::seconds timeout_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::string> table_;
  std::vector<int> clients_;
  std::vector<std::thread> threads_;
  bool closing_ = false;
  std::thread acceptor_;
};

Rendezvous::Rendezvous(const TeamPlace& place) : timeout_s_(place.timeout_s) {
  if (place.rank == 0) server_ = std::make_unique<Server>(place);
  connection_ = connected_socket(place);
  const int yes = 1;
  setsockopt(connection_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const timeval limit{place.timeout_s + kGrace_s, 0};  // for a rank 0 whose machine is gone
  setsockopt(connection_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  own_address_ = own_address_of(connection_);
}

Rendezvous::~Rendezvous() { close(connection_); }

void Rendezvous::set(const std::string& key, const std::string& value) {
  if (!send_all(connection_, &kSet, 1) || !send_text(connection_, key) || !send_text(connection_, value))
    fail(ExitCode::resumable, "rank 0 is gone; start all processes again with --resume");
}

std::string Rendezvous::get(const std::string& key) {
  std::string value;
  if (!send_all(connection_, &kGet, 1) || !send_text(connection_, key) || !receive_text(connection_, value))
    fail(ExitCode::resumable, "not all processes of this training came within ", timeout_s_,
         " s; start all of them together, with --resume if there is a checkpoint");
  return value;
}

}  // namespace voxprior
