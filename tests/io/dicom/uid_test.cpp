#include "io/dicom/uid.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace voxprior {
namespace {

// Computed with Python's hashlib and integers.
TEST(UidFromName, IsTheHashAsADecimalUuid) {
  EXPECT_EQ(uid_from_name(""), "2.25.302652579918966106791432553938847512868");
  EXPECT_EQ(uid_from_name("a"), "2.25.269290709893686844195134956664967650381");
}

TEST(UidFromName, IsAValidAndDistinctUidForEveryName) {
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    const std::string uid = uid_from_name("slice " + std::to_string(i));
    EXPECT_LE(uid.size(), 64u);
    EXPECT_EQ(uid.substr(0, 5), "2.25.");
    EXPECT_NE(uid[5], '0');
    EXPECT_EQ(uid.find_first_not_of("0123456789."), std::string::npos);
    seen.insert(uid);
  }
  EXPECT_EQ(seen.size(), 2000u);
}

}  // namespace
}  // namespace voxprior
