#include "base/sha256.h"

#include <gmock/gmock.h>

#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

std::string hash(const std::string& text) { return sha256_hex(text.data(), text.size()); }

// The examples of FIPS 180-4 and of NIST's "Descriptions of SHA-256, SHA-384, and SHA-512".
TEST(Sha256, AgreesWithThePublishedExamples) {
  EXPECT_EQ(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(
      hash("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrst"
           "nopqrstu"),
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  EXPECT_EQ(hash(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheBytesAreCut) {
  std::string text;
  for (int n = 0; n < 300; ++n) text += static_cast<char>(n * 7);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256 pieces;
    pieces.update(text.data(), cut);
    pieces.update(text.data() + cut, text.size() - cut);
    ASSERT_EQ(pieces.hex(), hash(text)) << "cut at " << cut;
  }
}

TEST(Sha256, OfAFileIsThatOfItsBytes) {
  const test::ScratchFolder scratch;
  const std::string text(3000000, 'x');  // more than one chunk
  test::put_bytes(scratch / "file", text);
  EXPECT_EQ(sha256_of_file(scratch / "file"), hash(text));
}

TEST(Sha256, OfAFileThatCannotBeReadIsRefused) {
  const test::ScratchFolder scratch;
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { sha256_of_file(scratch / "none"); }),
              testing::HasSubstr("No such file"));
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { sha256_of_file(scratch.path()); }),
              testing::HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace voxprior
