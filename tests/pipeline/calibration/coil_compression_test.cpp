#include "pipeline/calibration/coil_compression.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "tests/support/refusal.h"

namespace voxprior {
namespace {

// Five coils that see mixtures of two signals, one nine times as strong as the other in energy.
TEST(CoilCompression, KeepsWhatTheCoilsHaveInCommon) {
  torch::manual_seed(2);
  const auto [mixing, r] = torch::linalg_qr(torch::randn({5, 2}, torch::kComplexFloat));
  torch::Tensor sources = torch::randn({2, 3, 4, 100}, torch::kComplexFloat);
  const torch::Tensor strengths = sources.abs().square().sum(c10::IntArrayRef{1, 2, 3}).sqrt();
  sources = sources / strengths.reshape({2, 1, 1, 1}) * torch::tensor({3.0f, 1.0f}).reshape({2, 1, 1, 1});
  const torch::Tensor data = torch::mm(mixing, sources.reshape({2, -1})).view({5, 3, 4, 100});

  const CoilCompression two = coil_compression(data, 2);
  EXPECT_NEAR(two.energy_kept, 1, 1e-6);
  const torch::Tensor rows = two.matrix, back = rows.conj().t().resolve_conj();
  EXPECT_LT((torch::mm(rows, back) - torch::eye(2)).abs().max().item().toDouble(), 1e-6);
  const torch::Tensor virtual_coils = compressed(two, data);
  EXPECT_EQ(virtual_coils.sizes(), (std::vector<std::int64_t>{2, 3, 4, 100}));
  const torch::Tensor again = torch::mm(back, virtual_coils.reshape({2, -1})).view_as(data);
  EXPECT_LT(((again - data).norm() / data.norm()).item().toDouble(), 1e-5);

  EXPECT_NEAR(coil_compression(data, 1).energy_kept, 0.9, 0.03);
}

TEST(CoilCompression, RefusesNumbersThatCannotBe) {
  const torch::Tensor data = torch::randn({3, 8}, torch::kComplexFloat);
  test::refusal(ExitCode::input, [&] { coil_compression(data, 4); });
  test::refusal(ExitCode::input, [&] { coil_compression(data, 0); });
  test::refusal(ExitCode::input, [&] { coil_compression(data * 0, 2); });
}

}  // namespace
}  // namespace voxprior
