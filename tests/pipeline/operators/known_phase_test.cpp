#include "pipeline/operators/known_phase.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

#include "pipeline/operators/centred_fft.h"

namespace voxprior {
namespace {

torch::Tensor phase(std::uint64_t seed) {
  torch::manual_seed(seed);
  const torch::Tensor angle = 3 * torch::randn({5, 4, 7});
  return torch::polar(torch::ones_like(angle), angle);
}

/// Of the real inner product.
double gap(const KnownPhase& a, const KnownPhase& b) {
  torch::manual_seed(1);
  const torch::Tensor x = torch::randn({5, 4, 7}), y = torch::randn({5, 4, 7}, torch::kComplexFloat);
  const torch::Tensor ax = a.forward(x);
  const double left = torch::real(y.conj() * ax).sum().item().toDouble(),
               right = (b.adjoint(y) * x).sum().item().toDouble();
  return std::abs(left - right) / (ax.norm().item().toDouble() * y.norm().item().toDouble());
}

TEST(KnownPhase, AdjointFitsForward) {
  EXPECT_LT(gap(KnownPhase(phase(1)), KnownPhase(phase(1))), 1e-6);
  EXPECT_GT(gap(KnownPhase(phase(1)), KnownPhase(phase(2))), 1e-3);
  const torch::Tensor x = torch::randn({5, 4, 7});
  EXPECT_LT((KnownPhase(phase(1)).normal(x) - x).abs().max().item().toDouble(), 1e-6);
}

// A phase of low frequency is found, whatever the magnitude it rides on.
TEST(LowResolutionPhase, FindsASmoothPhase) {
  const torch::Tensor h = torch::arange(48) - 24.0, w = torch::arange(33) - 16.0;
  const torch::Tensor angle = (0.05 * h.unsqueeze(1) + 0.002 * w * w).unsqueeze(0);
  const torch::Tensor magnitude = torch::exp(-(h.square().unsqueeze(1) + w.square()) / 200).unsqueeze(0);
  const torch::Tensor found = low_resolution_phase(torch::polar(magnitude, angle), {1, 20, 20});
  const torch::Tensor error = torch::angle(found * torch::polar(torch::ones_like(angle), -angle)).abs();
  EXPECT_LT((error * (magnitude > 0.3)).max().item().toDouble(), 0.05);
}

}  // namespace
}  // namespace voxprior
