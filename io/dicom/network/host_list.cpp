#include "io/dicom/network/host_list.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <optional>

#include "base/error.h"

namespace voxprior {
namespace {

std::optional<std::uint32_t> ipv4(const std::string& text) {
  in_addr address{};
  if (::inet_pton(AF_INET, text.c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

std::optional<int> prefix_length(const std::string& text) {
  if (text.empty() || text.size() > 2 || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  const int length = std::stoi(text);
  return length <= 32 ? std::optional<int>(length) : std::nullopt;
}

std::vector<std::uint32_t> look_up(const std::string& name) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  std::vector<std::uint32_t> addresses;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return addresses;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next)
    addresses.push_back(ntohl(reinterpret_cast<const sockaddr_in*>(one->ai_addr)->sin_addr.s_addr));
  ::freeaddrinfo(found);
  return addresses;
}

}  // namespace

HostList::HostList(const std::string& what, const std::vector<std::string>& hosts) {
  constexpr std::uint32_t all_bits = 0xffffffff;
  for (const std::string& host : hosts) {
    const std::size_t slash = host.find('/');
    const auto address = ipv4(host.substr(0, slash));
    if (slash != std::string::npos) {
      const auto length = prefix_length(host.substr(slash + 1));
      if (!address || !length)
        fail(ExitCode::usage, what, ": '", host, "' is no network; write it as 10.0.0.0/24, with 0 to 32 bits");
      const std::uint32_t mask = *length == 0 ? 0 : all_bits << (32 - *length);
      networks_.push_back({*address & mask, mask});
    } else if (address) {
      networks_.push_back({*address, all_bits});
    } else {
      const auto found = look_up(host);
      if (found.empty()) fail(ExitCode::usage, what, ": the host '", host, "' is not known; use its address");
      for (const std::uint32_t one : found) networks_.push_back({one, all_bits});
    }
  }
}

bool HostList::contains(const std::string& address) const {
  const auto number = ipv4(address);
  return number && std::any_of(networks_.begin(), networks_.end(),
                               [&](const Network& one) { return (*number & one.mask) == one.address; });
}

}  // namespace voxprior
