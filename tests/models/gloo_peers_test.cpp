// Processes that find each other, here threads: they share nothing but the loopback interface.
#include "models/training/gloo_peers.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "base/error.h"

namespace voxprior {
namespace {

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  close(socket);
  return ntohs(address.sin_port);
}

TeamPlace place(int rank, int count, int port) { return {rank, count, "127.0.0.1", port, 60}; }

/// Runs `work(peers)` as every rank of a team.
template <typename Work>
void as_team(int count, const Work& work) {
  const int port = free_port();
  std::vector<std::thread> others;
  for (int rank = 1; rank < count; ++rank)
    others.emplace_back([&, rank] { work(find_peers(place(rank, count, port))); });
  work(find_peers(place(0, count, port)));
  for (std::thread& other : others) other.join();
}

/// The inodes of this process's sockets, and the local addresses of those of /proc/net/tcp* that listen.
std::set<std::string> listening_addresses() {
  std::set<std::string> own, addresses;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const std::string target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (target.rfind("socket:[", 0) == 0) own.insert(target.substr(8, target.size() - 9));
  }
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
      std::istringstream words(line);
      std::string number, local, remote, state, skip, inode;
      words >> number >> local >> remote >> state >> skip >> skip >> skip >> skip >> skip >> inode;
      if (state == "0A" && own.count(inode) > 0) addresses.insert(local.substr(0, local.find(':')));
    }
  }
  return addresses;
}

TEST(GlooPeers, SumOverAllInTheOrderInWhichTheyAreStarted) {
  as_team(3, [](const std::unique_ptr<Peers>& peers) {
    torch::Tensor a = torch::full({5}, static_cast<float>(peers->rank() + 1)), b = torch::arange(4.);
    const auto first = peers->start_sum(a), second = peers->start_sum(b);
    second->wait();
    first->wait();
    EXPECT_TRUE(torch::equal(a, torch::full({5}, 6.f)));
    EXPECT_TRUE(torch::equal(b, 3 * torch::arange(4.)));
  });
}

TEST(GlooPeers, ListenOnTheLoopbackInterfaceAlone) {
  as_team(2, [](const std::unique_ptr<Peers>& peers) {
    if (peers->rank() == 0) {
      EXPECT_EQ(listening_addresses(), std::set<std::string>{"0100007F"});
    }
    torch::Tensor nothing = torch::zeros({1});
    peers->start_sum(nothing)->wait();
  });
}

TEST(GlooPeers, NoticeThatOneIsGone) {
  as_team(2, [](const std::unique_ptr<Peers>& peers) {
    if (peers->rank() == 1) return;  // without its part of the sum
    torch::Tensor x = torch::zeros({1000});
    try {
      peers->start_sum(x)->wait();
      FAIL() << "the sum of one";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::resumable);
      EXPECT_NE(std::string(error.what()).find("was lost"), std::string::npos) << error.what();
    }
  });
}

TEST(GlooPeers, DoNotWaitForEverForOneThatNeverComes) {
  for (const int rank : {0, 1}) {
    TeamPlace lonely = place(rank, 2, free_port());
    lonely.timeout_s = 1;
    try {
      find_peers(lonely);
      FAIL() << "a team of one";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::resumable) << error.what();
    }
  }
}

TEST(GlooPeers, SayThatAnAddressIsNotOurs) {
  TeamPlace elsewhere = place(0, 2, free_port());
  elsewhere.address = "192.0.2.1";  // RFC 5737: nobody's
  try {
    find_peers(elsewhere);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
  }
}

}  // namespace
}  // namespace voxprior
