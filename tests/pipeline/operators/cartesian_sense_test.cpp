#include "pipeline/operators/cartesian_sense.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <string>

#include "base/error.h"
#include "pipeline/operators/centred_fft.h"
#include "tests/support/adjoint.h"

namespace voxprior {
namespace {

// Odd, even and unequal sizes: an fftshift that should be an ifftshift shows on odd axes only.
constexpr std::int64_t kDepth = 5, kHeight = 6, kWidth = 7;

torch::Tensor random_maps() {
  torch::manual_seed(7);
  return torch::randn({3, kDepth, kHeight, kWidth}, torch::kComplexFloat);
}

torch::Tensor random_mask() {
  torch::manual_seed(8);
  return torch::rand({kDepth, kHeight, kWidth}) < 0.5;
}

torch::Tensor full_mask() { return torch::ones({kDepth, kHeight, kWidth}, torch::kBool); }

torch::Tensor random_image() {
  torch::manual_seed(9);
  return torch::randn({kDepth, kHeight, kWidth}, torch::kComplexFloat);
}

double relative_difference(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a - b).norm() / b.norm()).item().toDouble();
}

TEST(CartesianSense, AdjointFitsForward) {
  const CartesianSense a(random_maps(), random_mask());
  for (std::uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_LT(test::adjoint_gap(a, torch::kComplexFloat, seed), 1e-6);  // measured 4e-10 to 1e-8
}

TEST(CartesianSense, AdjointGapSeesAForgottenConjugate) {
  const CartesianSense right(random_maps(), random_mask()), wrong(random_maps().conj(), random_mask());
  for (std::uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_GT(test::adjoint_gap(test::Mismatched(right, wrong), torch::kComplexFloat, seed), 1e-3);  // from 8e-3
}

TEST(CartesianSense, AdjointGapSeesAForgottenMask) {
  const CartesianSense right(random_maps(), random_mask()), wrong(random_maps(), full_mask());
  for (std::uint64_t seed = 0; seed < 5; ++seed)
    EXPECT_GT(test::adjoint_gap(test::Mismatched(right, wrong), torch::kComplexFloat, seed), 1e-3);  // from 8e-3
}

TEST(CartesianSense, MatchesTheFourierSumWrittenOut) {
  const torch::Tensor x = random_image(), maps = random_maps();
  const torch::Tensor y = CartesianSense(maps, full_mask()).forward(x);
  const auto phase = [](std::int64_t size) {  // e^{-2 pi i (k - N/2)(n - N/2) / N} / sqrt(N)
    const torch::Tensor centred = torch::arange(size, torch::kDouble) - static_cast<double>(size / 2);
    const torch::Tensor angle = -2 * M_PI / static_cast<double>(size) * torch::outer(centred, centred);
    return torch::polar(torch::full_like(angle, 1 / std::sqrt(static_cast<double>(size))), angle);
  };
  const torch::Tensor expected = torch::einsum(
      "ad,bh,gw,cdhw->cabg", {phase(kDepth), phase(kHeight), phase(kWidth), (maps * x).to(torch::kComplexDouble)});
  EXPECT_LT(relative_difference(y.to(torch::kComplexDouble), expected), 1e-6);  // measured 1e-7
}

TEST(CartesianSense, PointAtTheCentreHasAFlatSpectrum) {
  torch::Tensor x = torch::zeros({kDepth, kHeight, kWidth}, torch::kComplexFloat);
  x[kDepth / 2][kHeight / 2][kWidth / 2] = 1;
  const torch::Tensor ones = torch::ones({1, kDepth, kHeight, kWidth}, torch::kComplexFloat);
  const torch::Tensor y = CartesianSense(ones, full_mask()).forward(x)[0];
  const double flat = 1 / std::sqrt(static_cast<double>(kDepth * kHeight * kWidth));
  EXPECT_LT((y - flat).abs().max().item<double>(), 1e-7);  // measured 0
}

TEST(CartesianSense, ConstantImageIsAPointAtTheCentreOfKSpace) {
  const torch::Tensor ones = torch::ones({1, kDepth, kHeight, kWidth}, torch::kComplexFloat);
  torch::Tensor y = CartesianSense(ones, full_mask()).forward(ones[0])[0].clone();
  const double root = std::sqrt(static_cast<double>(kDepth * kHeight * kWidth));
  EXPECT_NEAR(y[kDepth / 2][kHeight / 2][kWidth / 2].abs().item<double>(), root, 1e-5);  // measured 8e-7
  y[kDepth / 2][kHeight / 2][kWidth / 2] = 0;
  EXPECT_LT(y.abs().max().item<double>(), 1e-5);  // measured 6e-8
}

TEST(CartesianSense, IsAnIsometryWhenFullySampledWithNormalisedMaps) {
  const torch::Tensor maps = random_maps();
  const torch::Tensor normalised = maps / maps.abs().square().sum(0).sqrt();
  const CartesianSense a(normalised, full_mask());
  const torch::Tensor x = random_image();
  EXPECT_LT(relative_difference(a.normal(x), x), 1e-6);  // measured 2e-7
  EXPECT_NEAR(a.forward(x).norm().item().toDouble() / x.norm().item().toDouble(), 1, 1e-6);
}

TEST(CartesianSense, IsZeroWhereNotSampled) {
  const torch::Tensor y = CartesianSense(random_maps(), random_mask()).forward(random_image());
  const torch::Tensor skipped = random_mask().logical_not();
  EXPECT_EQ(y.index({torch::indexing::Slice(), skipped}).abs().max().item<double>(), 0);
  EXPECT_GT(y.index({torch::indexing::Slice(), random_mask()}).abs().min().item<double>(), 0);
}

TEST(CartesianSense, KeepsSinglePrecision) {
  const CartesianSense a(random_maps(), random_mask());
  const torch::Tensor y = a.forward(random_image());
  EXPECT_EQ(y.scalar_type(), torch::kComplexFloat);
  EXPECT_EQ(a.adjoint(y).scalar_type(), torch::kComplexFloat);
}

TEST(CartesianSense, SaysWhichSizesDoNotFit) {
  try {
    CartesianSense(random_maps(), torch::ones({5, 6, 8}, torch::kBool));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::input);
    EXPECT_THAT(error.what(), testing::HasSubstr("[3, 5, 6, 7] and sampling mask [5, 6, 8]"));
  }
  EXPECT_THROW(CartesianSense(random_maps()[0], full_mask()), Error);
  EXPECT_THROW(CartesianSense(torch::real(random_maps()), full_mask()), c10::Error);
  EXPECT_THROW(CartesianSense(random_maps(), full_mask().to(torch::kFloat)), c10::Error);

  const CartesianSense a(random_maps(), random_mask());
  EXPECT_THROW(a.forward(random_maps()), c10::Error);  // would broadcast
  EXPECT_THROW(a.adjoint(random_image()), c10::Error);
}

// Masks that leave a readout axis whole, and one that samples everything: normal() skips transforms then.
TEST(CartesianSense, NormalIsAdjointOfForward) {
  const torch::Tensor x = random_image();
  const torch::Tensor all = full_mask(), lines = random_mask().narrow(2, 0, 1).expand_as(all).contiguous(),
                      planes = lines.narrow(0, 2, 1).expand_as(all).contiguous();
  for (const KspaceAxes axes : {KspaceAxes::volume, KspaceAxes::slices})
    for (const torch::Tensor& mask : {random_mask(), lines, planes, all}) {
      const CartesianSense a(random_maps(), mask, axes);
      EXPECT_LT(relative_difference(a.normal(x), a.adjoint(a.forward(x))), 1e-6);
    }
}

TEST(CartesianSense, SlicesAreTransformedByThemselves) {
  const torch::Tensor maps = random_maps(), mask = random_mask(), x = random_image();
  const CartesianSense stack(maps, mask, KspaceAxes::slices);
  EXPECT_LT(test::adjoint_gap(stack, torch::kComplexFloat), 1e-6);
  for (std::int64_t k = 0; k < kDepth; ++k) {
    const CartesianSense slice(maps.narrow(1, k, 1).contiguous(), mask.narrow(0, k, 1).contiguous());
    EXPECT_LT(relative_difference(stack.forward(x).narrow(1, k, 1), slice.forward(x.narrow(0, k, 1).contiguous())),
              1e-6);
  }
}

TEST(CartesianSense, ResultsDoNotDependOnThreads) {
  const CartesianSense a(random_maps(), random_mask());
  const torch::Tensor x = random_image();
  const int threads = torch::get_num_threads();
  torch::set_num_threads(1);
  const torch::Tensor y = a.forward(x), back = a.adjoint(y), normal = a.normal(x);
  torch::set_num_threads(5);
  EXPECT_TRUE(torch::equal(a.forward(x), y));
  EXPECT_TRUE(torch::equal(a.adjoint(y), back));
  EXPECT_TRUE(torch::equal(a.normal(x), normal));
  torch::set_num_threads(threads);
}

TEST(CentredFft, InverseRestoresTheImage) {
  const torch::Tensor x = random_maps();
  EXPECT_LT(relative_difference(centred_ifft(centred_fft(x)), x), 1e-6);  // measured 2e-7
  EXPECT_LT(relative_difference(centred_fft(centred_ifft(x)), x), 1e-6);
}

}  // namespace
}  // namespace voxprior
