#include "pipeline/calibration/espirit.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <string>

#include "pipeline/calibration/largest_eigenvector.h"
#include "pipeline/operators/centred_fft.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

torch::Tensor axis(std::int64_t size) {
  return (torch::arange(size) - static_cast<double>(size / 2)) / static_cast<double>(size);
}

/// Coils on a ring around the volume, each with a smooth magnitude and phase; sum of squares 1.
torch::Tensor smooth_maps(std::int64_t coils, std::int64_t depth, std::int64_t height, std::int64_t width) {
  const torch::Tensor z = axis(depth).reshape({-1, 1, 1}), y = axis(height).reshape({1, -1, 1}),
                      x = axis(width).reshape({1, 1, -1});
  std::vector<torch::Tensor> maps;
  for (std::int64_t c = 0; c < coils; ++c) {
    const double turn = 2 * M_PI * static_cast<double>(c) / static_cast<double>(coils);
    const torch::Tensor dx = x - 0.6 * std::cos(turn), dy = y - 0.6 * std::sin(turn), dz = z - 0.2 * (c % 2 ? 1 : -1);
    const torch::Tensor size = torch::exp(-(dx * dx + dy * dy + dz * dz) / 0.6);
    maps.push_back(torch::polar(size, turn + 1.5 * dx * std::sin(turn) + 1.0 * dy));
  }
  const torch::Tensor all = torch::stack(maps);
  return all / all.abs().square().sum(0).sqrt();
}

/// 1 in an ellipsoid with some texture, 0 around it.
torch::Tensor object(std::int64_t depth, std::int64_t height, std::int64_t width) {
  const torch::Tensor z = axis(depth).reshape({-1, 1, 1}), y = axis(height).reshape({1, -1, 1}),
                      x = axis(width).reshape({1, 1, -1});
  const torch::Tensor r2 = (x / 0.36).square() + (y / 0.4).square() + (depth > 1 ? (z / 0.4).square() : z * 0);
  return (r2 < 1) * (1 + 0.4 * torch::cos(17 * x + 5 * y) * torch::cos(11 * y - 3 * z));
}

struct Agreement {
  double worst_correlation;  ///< |<found, true>| where there is an object
  double outside;            ///< fraction of voxels far from it that have maps
};

Agreement agreement(const torch::Tensor& found, const torch::Tensor& maps, const torch::Tensor& image) {
  const torch::Tensor correlation = (found.conj() * maps).sum(0).abs();
  const torch::Tensor inside = image > 0;
  const torch::Tensor outside =
      torch::max_pool3d(inside.to(torch::kFloat).unsqueeze(0), {image.size(0) > 1 ? 5 : 1, 9, 9}, {1, 1, 1},
                        {image.size(0) > 1 ? 2 : 0, 4, 4})[0] == 0;
  return {torch::where(inside, correlation, torch::ones_like(correlation)).min().item().toDouble(),
          ((found.abs().sum(0) > 0) * outside).sum().item().toDouble() / outside.sum().item().toDouble()};
}

TEST(Espirit, FindsSmoothMapsOfASlice) {
  const torch::Tensor maps = smooth_maps(6, 1, 61, 48), image = object(1, 61, 48);
  const EspiritMaps found = espirit(centred_fft(maps * image), {1, 24, 24});
  const Agreement agrees = agreement(found.maps, maps, image);
  EXPECT_GT(agrees.worst_correlation, 0.99);
  EXPECT_LT(agrees.outside, 0.3);
  const torch::Tensor length = found.maps.abs().square().sum(0);
  EXPECT_LT(((length - 1).abs() * (length > 0)).max().item().toDouble(), 1e-4);
  EXPECT_LT(found.eigenvalues.max().item().toDouble(), 1.001);
}

TEST(Espirit, FindsSmoothMapsOfAVolume) {
  const torch::Tensor maps = smooth_maps(4, 20, 24, 21), image = object(20, 24, 21);
  EspiritOptions options;
  options.kernel = 4;
  options.largest_region = 16;
  const EspiritMaps found = espirit(centred_fft(maps * image), {16, 16, 16}, options);
  EXPECT_GT(agreement(found.maps, maps, image).worst_correlation, 0.98);
}

TEST(Espirit, RefusesARegionThatDoesNotCalibrate) {
  torch::Tensor kspace = centred_fft(smooth_maps(3, 1, 32, 32) * object(1, 32, 32));
  EXPECT_NE(test::refusal(ExitCode::input, [&] { espirit(kspace, {1, 6, 20}); }).find("1 x 6 x 20"), std::string::npos);
  torch::Tensor hole = kspace.clone();
  hole.select(3, 17).zero_();
  EXPECT_NE(test::refusal(ExitCode::input,
                          [&] {
                            espirit(hole, {1, 20, 20});
                          })
                .find("20 of the 400"),
            std::string::npos);
  torch::Tensor nan = kspace.clone();
  nan[0][0][16][16] = std::nan("");
  test::refusal(ExitCode::input, [&] { espirit(nan, {1, 20, 20}); });
}

TEST(LargestEigenvector, MatchesLapack) {
  torch::manual_seed(3);
  const int coils = 5;
  const std::int64_t count = 70;
  const torch::Tensor a = torch::randn({count, coils, coils}, torch::kComplexFloat);
  const torch::Tensor m = torch::matmul(a, a.conj().transpose(1, 2).resolve_conj());
  const torch::Tensor lower = torch::tril_indices(coils, coils);
  const torch::Tensor side_by_side = m.index({torch::indexing::Slice(), lower[0], lower[1]}).t().contiguous();
  const torch::Tensor reference = torch::randn({coils}, torch::kComplexFloat);
  const LargestEigenvectors found = largest_eigenvectors(side_by_side, reference, 3000);
  const auto [values, vectors] = torch::linalg_eigh(m, "L");
  EXPECT_LT((found.values / values.select(1, coils - 1) - 1).abs().max().item().toDouble(), 1e-4);
  const torch::Tensor exact = vectors.select(2, coils - 1).t();
  EXPECT_GT((found.vectors.conj() * exact).sum(0).abs().min().item().toDouble(), 0.999);
  const torch::Tensor turned = (reference.conj().unsqueeze(1) * found.vectors).sum(0);
  EXPECT_LT(torch::angle(turned).abs().max().item().toDouble(), 1e-4);
}

}  // namespace
}  // namespace voxprior
