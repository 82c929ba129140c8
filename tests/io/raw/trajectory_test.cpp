#include "io/raw/trajectory.h"

#include <gmock/gmock.h>

#include "tests/support/refusal.h"

namespace voxprior {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Size = std::array<std::int64_t, 3>;

TEST(Trajectory, ItsLargestNumberSaysItsUnit) {
  const Size size{8, 6, 1};
  std::vector<float> per_voxel{-0.5, 0.25, 7, 0.5, -0.5, 0};  // what a slice says of k does not count
  EXPECT_THAT(to_cycles_per_view("t", per_voxel, size), HasSubstr("0.5 taken as cycles per voxel"));
  EXPECT_THAT(per_voxel, ElementsAre(-4, 1.5, 0.5, 4, -3, 0));
  std::vector<float> of_edge{-1, 0.5, 0, 0.25, 1, 0};
  EXPECT_THAT(to_cycles_per_view("t", of_edge, size), HasSubstr("1 taken as shares of the way to the edge"));
  EXPECT_THAT(of_edge, ElementsAre(-4, 1.5, 0, 1, 3, 0));
  std::vector<float> cycles{-4, 1.5, 0, 4.003F, -3, 0};
  EXPECT_THAT(to_cycles_per_view("t", cycles, size), HasSubstr("4.003 taken as cycles per field of view"));
  EXPECT_THAT(cycles, ElementsAre(-4, 1.5, 0, 4, -3, 0));
}

TEST(Trajectory, WhatTheVoxelsDoNotResolveIsRefused) {
  std::vector<float> far{-4, 3.5, 0}, nan{std::nanf(""), 0, 0}, nowhere{0, 0, 3};
  const auto refusal = [](std::vector<float>& t) {
    return test::refusal(ExitCode::input, [&] { to_cycles_per_view("t", t, {8, 6, 1}); });
  };
  EXPECT_THAT(refusal(far), HasSubstr("reaches 3.5 cycles per field of view along j, but 6 voxels resolve only 3"));
  EXPECT_THAT(refusal(nan), HasSubstr("NaN or infinite"));
  EXPECT_THAT(refusal(nowhere), HasSubstr("is 0"));
}

NumberArray array(NumberArray::Kind kind, std::vector<std::int64_t> shape, std::vector<std::complex<float>> values) {
  return {kind, std::move(shape), std::move(values)};
}

TEST(Trajectory, SamplesAndTheirPlacesComeFromTwoArrays) {
  const NumberArray samples = array(NumberArray::Kind::complex, {2, 1, 3, 1}, {1, 2, 3, 4, 5, 6});
  const NumberArray places = array(NumberArray::Kind::real, {1, 3, 2}, {-3, 1, 0, 0, 2, -2});
  const KSpace kspace = kspace_from_arrays("s", samples, "t", places, {6, 4, 1});
  EXPECT_EQ(kspace.coils, 2);
  EXPECT_EQ(kspace.positions(), 3);
  EXPECT_EQ(kspace.readout_length, 3);
  EXPECT_FALSE(kspace.on_grid());
  EXPECT_THAT(kspace.trajectory, ElementsAre(-3, 1, 0, 0, 0, 0, 2, -2, 0));
  EXPECT_EQ(kspace_from_arrays("s", samples, "t", places, {0, 0, 0}).grid.size, (Size{6, 4, 1}));
}

TEST(Trajectory, ArraysThatDoNotFitAreRefused) {
  const NumberArray samples = array(NumberArray::Kind::complex, {1, 3}, {1, 2, 3});
  const auto refusal = [&](const NumberArray& places, const NumberArray& data) {
    return test::refusal(ExitCode::input, [&] { kspace_from_arrays("s", data, "t", places, {0, 0, 0}); });
  };
  using Kind = NumberArray::Kind;
  EXPECT_THAT(refusal(array(Kind::real, {2, 2}, {1, 2, 3, 4}), samples), HasSubstr("has 2 positions"));
  EXPECT_THAT(refusal(array(Kind::real, {1, 4}, {1, 2, 3, 4}), samples), HasSubstr("its shape is [1, 4]"));
  EXPECT_THAT(refusal(array(Kind::complex, {1, 2}, {1, {2, 1}}), samples), HasSubstr("positions are real"));
  EXPECT_THAT(refusal(array(Kind::real, {3, 2}, {.5F, .2F, .1F, .1F, 0, 0}), samples), HasSubstr("--like"));
  EXPECT_THAT(refusal(array(Kind::real, {3, 2}, {2, 1, 1, 1, 0, 0}), array(Kind::real, {1, 3}, {1, 2, 3})),
              HasSubstr("k-space is complex"));
}

}  // namespace
}  // namespace voxprior
