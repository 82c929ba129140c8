#include "io/dicom/deidentify/keyed_hash.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "io/dicom/deidentify/pseudonyms.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

/// HMAC pads a short key with zeros, so a test vector's key may be padded here.
SecretKey key_from(const std::string& bytes) {
  SecretKey key{};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

TEST(KeyedHash, EqualsTheVectorsOfRfc4231) {
  EXPECT_EQ(keyed_hash(key_from(std::string(20, '\x0b')), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(keyed_hash(key_from("Jefe"), "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(keyed_hash(key_from(std::string(20, '\xaa')), std::string(50, '\xdd')),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
}

TEST(KeyFile, ComesBackAndIsPrivate) {
  const test::ScratchFolder scratch;
  const SecretKey key = random_key();
  write_key(scratch / "key", key);
  EXPECT_EQ(read_key(scratch / "key"), key);
  struct stat status {};
  ASSERT_EQ(::stat((scratch / "key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_THROW(write_key(scratch / "key", key), Error);
  EXPECT_EQ(read_key(scratch / "key"), key);
}

TEST(KeyFile, RefusesWhatIsNoKeyOrNoSecret) {
  const test::ScratchFolder scratch;
  const auto put_key = [&](const std::string& name, const std::string& text, mode_t mode) {
    test::put_bytes(scratch / name, text);
    ::chmod((scratch / name).c_str(), mode);
    return scratch / name;
  };
  EXPECT_NO_THROW(read_key(put_key("good", std::string(64, 'a') + "\n", 0600)));
  EXPECT_THROW(read_key(put_key("shared", std::string(64, 'a') + "\n", 0640)), Error);
  EXPECT_THROW(read_key(put_key("short", std::string(63, 'a'), 0600)), Error);
  EXPECT_THROW(read_key(put_key("long", std::string(65, 'a'), 0600)), Error);
  EXPECT_THROW(read_key(put_key("text", std::string(64, 'g'), 0600)), Error);
  EXPECT_THROW(read_key(scratch / "missing"), Error);
  EXPECT_THROW(read_key(scratch.path()), Error);
}

TEST(RandomKey, IsNewEachTime) { EXPECT_NE(random_key(), random_key()); }

TEST(Pseudonyms, DependOnKeyAndOriginalAlone) {
  const Pseudonyms one(key_from("one")), same(key_from("one")), other(key_from("other"));
  EXPECT_EQ(one.uid("1.2.3"), same.uid("1.2.3"));
  EXPECT_NE(one.uid("1.2.3"), one.uid("1.2.4"));
  EXPECT_NE(one.uid("1.2.3"), other.uid("1.2.3"));
  EXPECT_EQ(one.uid("1.2.3"), one.uid(std::string("1.2.3\0", 6)));
  EXPECT_EQ(one.patient_id("7"), one.patient_id(" 7 "));
  EXPECT_NE(one.patient_id("7"), other.patient_id("7"));
}

TEST(Pseudonyms, DateShiftIsWithinWhatIsDocumented) {
  const Pseudonyms pseudonyms(key_from("one"));
  int least = 0, most = -100000;
  for (int patient = 0; patient < 3000; ++patient) {
    const int days = pseudonyms.date_shift_days(std::to_string(patient));
    least = std::min(least, days);
    most = std::max(most, days);
  }
  EXPECT_GE(least, -3679);
  EXPECT_LE(most, -30);
  EXPECT_LT(least, -3600);  // 3000 draws leave no gap of 80 at an end, but with probability 1e-29
  EXPECT_GT(most, -110);
}

}  // namespace
}  // namespace voxprior
