#include "io/raw/cfl.h"

#include <gmock/gmock.h>

#include "tests/support/nifti_bytes.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Complex = std::complex<float>;

class Cfl : public testing::Test {
 protected:
  void put(const std::string& header, int values) {
    test::ByteWriter writer(false);
    for (int n = 0; n < 2 * values; ++n) writer.number(static_cast<float>(n));
    test::put_bytes(scratch_ / "a.cfl", writer.bytes());
    test::put_bytes(scratch_ / "a.hdr", header);
  }
  test::ScratchFolder scratch_;
};

TEST_F(Cfl, TheFirstAxisOfBartIsTheLastOfOurs) {
  put("# Dimensions\n4 3 1 2 1 1 1 1 1 1 1 1 1 1 1 1 \n# Command\nfft 7 a b\n", 24);
  for (const char* name : {"a.cfl", "a.hdr"}) {
    const NumberArray array = read_cfl(scratch_ / name);
    EXPECT_THAT(array.shape, ElementsAre(2, 1, 3, 4));
    EXPECT_EQ(array.values[1], Complex(2, 3));  // the next along BART's axis 0, our last
    EXPECT_EQ(array.values[23], Complex(46, 47));
  }
}

TEST_F(Cfl, WhatIsWrittenComesBackAndHasSixteenAxes) {
  NumberArray array;
  array.shape = {2, 3, 4};
  for (int n = 0; n < 24; ++n) array.values.emplace_back(n, -0.5f * n);
  write_cfl(scratch_ / "b.cfl", array, Overwrite::no);
  EXPECT_EQ(test::bytes_of(scratch_ / "b.hdr"), "# Dimensions\n4 3 2 1 1 1 1 1 1 1 1 1 1 1 1 1\n");
  EXPECT_EQ(read_cfl(scratch_ / "b.hdr").values, array.values);
  EXPECT_EQ(read_cfl(scratch_ / "b.hdr").shape, array.shape);
}

TEST_F(Cfl, DamageIsRefused) {
  const auto refusal = [&] { return test::refusal(ExitCode::input, [&] { read_cfl(scratch_ / "a.cfl"); }); };
  put("# Dimensions\n4 3 1 2\n", 23);
  EXPECT_THAT(refusal(), HasSubstr("holds 184 bytes, its .hdr promises 192"));
  put("# Dimensions\n4 3 1 2\n", 25);
  EXPECT_THAT(refusal(), HasSubstr("promises 192"));
  put("# Dimensions\n4 3 1 0\n", 24);
  EXPECT_THAT(refusal(), HasSubstr("must be positive"));
  put("# Dimensions\n4 3 1 2 9999999999 9999999999 9999999999\n", 24);
  EXPECT_THAT(refusal(), HasSubstr("more than the"));
  for (const char* header : {"4 3 1 2\n", "# Dimensions\n4 3 x 2\n", "# Dimensions\n", "# Dimensions\n\n",
                             "# Dimensions\n4 3 1 2 1 1 1 1 1 1 1 1 1 1 1 1 1\n"}) {
    put(header, 24);
    EXPECT_THAT(refusal(), HasSubstr("no BART header")) << header;
  }
  std::filesystem::remove(scratch_ / "a.hdr");
  EXPECT_THAT(refusal(), HasSubstr("no such file"));
}

}  // namespace
}  // namespace voxprior
