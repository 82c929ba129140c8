#include "io/dicom/network/host_list.h"

#include "base/error.h"

namespace voxprior {
namespace {

TEST(HostList, HoldsAddressesNetworksAndNames) {
  const HostList hosts("hosts", {"10.1.2.3", "192.168.4.0/22", "localhost"});
  EXPECT_TRUE(hosts.contains("10.1.2.3"));
  EXPECT_FALSE(hosts.contains("10.1.2.4"));
  EXPECT_TRUE(hosts.contains("192.168.7.255"));
  EXPECT_FALSE(hosts.contains("192.168.8.0"));
  EXPECT_TRUE(hosts.contains("127.0.0.1"));
  EXPECT_FALSE(hosts.contains("not an address"));
}

TEST(HostList, AllIsAskedForInWords) {
  EXPECT_TRUE(HostList("hosts", {"0.0.0.0/0"}).contains("203.0.113.9"));
  EXPECT_FALSE(HostList("hosts", {}).contains("203.0.113.9"));
}

TEST(HostList, RefusesWhatIsNoNetwork) {
  for (const char* wrong : {"10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "10.0.0.0/-1", "no such host.invalid"})
    EXPECT_THROW(HostList("hosts", {wrong}), Error) << wrong;
}

}  // namespace
}  // namespace voxprior
