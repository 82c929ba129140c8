#include "pipeline/operators/separable.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

#include "pipeline/operators/operator_norm.h"
#include "tests/support/adjoint.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

ThickSlices four_of_one(SliceProfile profile) {
  ThickSlices s;
  s.thin_count = 13;
  s.thick_count = 3;
  s.thick_spacing_mm = 4;
  s.thickness_mm = 4;
  s.first_mm = 1.5;
  s.profile = profile;
  return s;
}

Separable awkward() {
  return Separable({13, 6, 7}, {slice_profile_matrix(four_of_one(SliceProfile::gaussian)), torch::Tensor(),
                                gaussian_blur_matrix(7, 0.8, 2.1)});
}

TEST(Separable, AdjointFitsForward) {
  EXPECT_LT(test::adjoint_gap(awkward(), torch::kFloat), 1e-6);
  EXPECT_LT(test::adjoint_gap(awkward(), torch::kComplexFloat), 1e-6);
  const Separable wrong({13, 6, 7}, {slice_profile_matrix(four_of_one(SliceProfile::boxcar)), torch::Tensor(),
                                     gaussian_blur_matrix(7, 0.8, 2.1)});
  EXPECT_GT(test::adjoint_gap(test::Mismatched(awkward(), wrong), torch::kFloat), 1e-3);
}

// Singular values of a Kronecker product are products of the factors'.
TEST(Separable, NormIsThatOfTheMatrices) {
  const torch::Tensor a = torch::randn({3, 5}), b = torch::randn({4, 4}), c = torch::randn({6, 2});
  const Separable s({5, 4, 2}, {a, b, c});
  const auto largest = [](const torch::Tensor& m) { return torch::linalg_svdvals(m)[0].item().toDouble(); };
  const double exact = largest(a) * largest(b) * largest(c);
  EXPECT_NEAR(operator_norm(s, 200, torch::kFloat) / exact, 1, 1e-4);
}

TEST(Separable, RefusesAMatrixOfAnotherSize) {
  test::refusal(ExitCode::input, [] {
    Separable({5, 4, 2}, {torch::randn({3, 4}), torch::Tensor(), torch::Tensor()});
  });
  EXPECT_THROW(awkward().forward(torch::zeros({13, 7, 6})), c10::Error);
}

TEST(SliceProfile, BoxcarIsTheMeanOfTheSlicesItCovers) {
  const torch::Tensor w = slice_profile_matrix(four_of_one(SliceProfile::boxcar));
  const torch::Tensor expected = torch::zeros({3, 13});
  for (int m = 0; m < 3; ++m) expected[m].narrow(0, 4 * m, 4).fill_(0.25);
  EXPECT_LT((w - expected).abs().max().item().toDouble(), 1e-7);
}

TEST(SliceProfile, PartsOfASliceCountInProportion) {
  ThickSlices s;
  s.thin_count = 4;
  s.thick_count = 1;
  s.thickness_mm = 2;
  s.first_mm = 1.25;  // from 0.25 to 2.25: a quarter of slice 0, slice 1, three quarters of slice 2
  const torch::Tensor w = slice_profile_matrix(s);
  EXPECT_LT((w - torch::tensor({{0.125f, 0.5f, 0.375f, 0.0f}})).abs().max().item().toDouble(), 1e-7);
}

TEST(SliceProfile, GaussianHasItsWidthAndItsPlace) {
  ThickSlices s;
  s.thin_count = 201;
  s.thin_spacing_mm = 0.1;
  s.thick_count = 1;
  s.thickness_mm = 3;
  s.first_mm = 9;
  s.profile = SliceProfile::gaussian;
  const torch::Tensor w = slice_profile_matrix(s)[0], z = torch::arange(201) * 0.1;
  const double mean = (w * z).sum().item().toDouble(), variance = (w * (z - mean).pow(2)).sum().item().toDouble();
  EXPECT_NEAR(mean, 9, 1e-3);
  EXPECT_NEAR(std::sqrt(variance) * 2.3548, 3, 0.01);
}

TEST(SliceProfile, RefusesASliceOutsideTheVolume) {
  ThickSlices s = four_of_one(SliceProfile::boxcar);
  s.thick_count = 4;
  EXPECT_NE(test::refusal(ExitCode::input, [&] { slice_profile_matrix(s); }).find("13.5 mm"), std::string::npos);
  s.thickness_mm = 0;
  test::refusal(ExitCode::input, [&] { slice_profile_matrix(s); });
}

TEST(GaussianBlur, KeepsConstantsAndHasItsWidth) {
  const torch::Tensor blur = gaussian_blur_matrix(101, 0.5, 4);
  EXPECT_LT((blur.sum(1) - 1).abs().max().item().toDouble(), 1e-6);
  EXPECT_LT((blur - blur.t()).abs().max().item().toDouble(), 1e-6);
  const torch::Tensor w = blur[50], z = (torch::arange(101) - 50) * 0.5;
  // A pixel of 0.5 mm adds its own variance.
  EXPECT_NEAR((w * z * z).sum().item().toDouble(), std::pow(4 / 2.3548, 2) + 0.25 / 12, 0.01);
  EXPECT_TRUE(torch::equal(gaussian_blur_matrix(5, 1, 0), torch::eye(5)));
  EXPECT_LT((gaussian_blur_matrix(3, 1, 30).sum(1) - 1).abs().max().item().toDouble(), 1e-6);  // wider than the axis
}

}  // namespace
}  // namespace voxprior
