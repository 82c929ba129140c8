#include "io/raw/kspace.h"

#include <gmock/gmock.h>

#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Complex = std::complex<float>;

NumberArray array_of(std::vector<std::int64_t> shape) {
  NumberArray array;
  array.shape = std::move(shape);
  std::int64_t count = 1;
  for (const std::int64_t n : array.shape) count *= n;
  for (std::int64_t n = 0; n < count; ++n) array.values.emplace_back(n % 5 == 0 ? 0 : n);
  return array;
}

TEST(KSpaceOfAnArray, KnowsItsAxesAndWhatWasSampled) {
  const KSpace slice = kspace_from_array("a.npy", array_of({2, 3, 5}));
  EXPECT_EQ(slice.coils, 2);
  EXPECT_THAT(slice.grid.size, ElementsAre(5, 3, 1));
  EXPECT_THAT(slice.sampled, ElementsAre(0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1));
  EXPECT_FALSE(slice.placed);
  EXPECT_THAT(kspace_from_array("a.npy", array_of({2, 4, 3, 5})).grid.size, ElementsAre(5, 3, 4));
  EXPECT_THAT(test::refusal(ExitCode::input,
                            [] {
                              kspace_from_array("a.npy", array_of({3, 5}));
                            }),
              HasSubstr("its shape is [3, 5]"));
  NumberArray real = array_of({2, 3, 5});
  real.kind = NumberArray::Kind::real;
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { kspace_from_array("a.npy", real); }), HasSubstr("real numbers"));
}

TEST(KSpaceFiles, EveryFormatGivesTheSamplesBack) {
  const test::ScratchFolder scratch;
  KSpace kspace = kspace_from_array("a.npy", array_of({2, 2, 3, 4}));
  for (std::size_t n = 0; n < kspace.samples.size(); ++n) kspace.samples[n] += Complex(0, 1);
  std::fill(kspace.sampled.begin(), kspace.sampled.end(), 1);
  for (const char* name : {"a.npy", "a.cfl", "a.h5"}) {
    write_kspace(scratch / name, kspace, Overwrite::no);
    const KSpace again = read_kspace(scratch / name, {}, {});
    EXPECT_EQ(again.samples, kspace.samples) << name;
    EXPECT_EQ(again.grid.size, kspace.grid.size) << name;
    EXPECT_EQ(again.placed, std::string(name) == "a.h5");
  }
  EXPECT_THAT(test::refusal(ExitCode::usage, [&] { read_kspace("a.mat", {}, {}); }), HasSubstr("unknown kind of raw"));
  EXPECT_THAT(test::refusal(ExitCode::usage,
                            [&] {
                              read_kspace(scratch / "a.npy", {{"slice", 1}}, {});
                            }),
              HasSubstr("only ISMRMRD"));
}

TEST(KSpaceFiles, OneWithoutSamplesIsRefused) {
  const test::ScratchFolder scratch;
  KSpace kspace = kspace_from_array("a.npy", array_of({2, 2, 3, 4}));
  std::fill(kspace.samples.begin(), kspace.samples.end(), 0);
  write_kspace(scratch / "a.npy", kspace, Overwrite::no);
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_kspace(scratch / "a.npy", {}, {}); }),
              HasSubstr("no sample that is not 0"));
}

}  // namespace
}  // namespace voxprior
