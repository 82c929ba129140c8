#include "pipeline/sampling/g_factor.h"

#include <gtest/gtest.h>
#include <torch/linalg.h>
#include <torch/types.h>

#include <cmath>

#include "base/error.h"
#include "pipeline/operators/cartesian_sense.h"
#include "pipeline/sampling/coil_maps.h"

namespace voxprior {
namespace {

using Complex = std::complex<float>;

TEST(SenseGFactor, IsOneWithoutAcceleration) {
  const std::array<std::int64_t, 3> size{7, 8, 5};
  for (const float g : sense_g_factor(ring_of_coils(size, 6), size, 6, 1)) EXPECT_NEAR(g, 1, 1e-5);
}

// Two voxels fold, two coils: S^H S = [[1, c], [c*, 1]] for unit columns, whose inverse has 1 / (1 - |c|^2).
TEST(SenseGFactor, IsThatOfTwoCoilsInClosedForm) {
  const float a = 0.3f;
  const std::vector<Complex> maps{{1, 0}, {std::cos(a), 0}, {0, 0}, {0, std::sin(a)}};  // [coil][j]
  const std::vector<float> g = sense_g_factor(maps, {1, 2, 1}, 2, 2);
  for (const float value : g) EXPECT_NEAR(value, 1 / std::sin(a), 1e-5);
}

/// sqrt(diag(M^-1) diag(M)) of M = A^H A written out as a matrix.
std::vector<double> by_the_operator(const CartesianSense& sense) {
  const std::int64_t d = sense.domain()[0], h = sense.domain()[1], w = sense.domain()[2], n = d * h * w;
  const torch::Tensor m = torch::empty({n, n}, torch::kComplexDouble);
  for (std::int64_t c = 0; c < n; ++c) {
    torch::Tensor unit = torch::zeros({n}, torch::kComplexFloat);
    unit[c] = 1;
    m.select(1, c).copy_(sense.normal(unit.view({d, h, w})).reshape({n}));
  }
  const torch::Tensor g2 = torch::real(torch::linalg_inv(m).diagonal() * m.diagonal());
  std::vector<double> g;
  for (std::int64_t i = 0; i < n; ++i) g.push_back(std::sqrt(g2[i].item<double>()));
  return g;
}

TEST(SenseGFactor, IsThatOfTheSenseOperator) {
  const std::array<std::int64_t, 3> size{3, 12, 2};
  const std::int64_t coils = 8;
  std::vector<Complex> maps = ring_of_coils(size, coils);
  for (const std::int64_t acceleration : {2, 3}) {
    const torch::Tensor mask = torch::zeros({size[2], size[1], size[0]}, torch::kBool);
    for (std::int64_t j = 0; j < size[1]; j += acceleration) mask.select(1, j).fill_(true);
    const torch::Tensor s = torch::from_blob(maps.data(), {coils, size[2], size[1], size[0]}, torch::kComplexFloat);
    const std::vector<double> expected = by_the_operator(CartesianSense(s, mask));
    const std::vector<float> g = sense_g_factor(maps, size, coils, acceleration);
    double greatest = 0;
    for (std::size_t i = 0; i < g.size(); ++i) {
      EXPECT_NEAR(g[i], expected[i], 2e-3 * expected[i]) << acceleration << " " << i;
      greatest = std::max(greatest, expected[i]);
    }
    EXPECT_GT(greatest, 1.05) << acceleration;
  }
}

TEST(SenseGFactor, RefusesWhatCoilsCannotTellApart) {
  const std::array<std::int64_t, 3> size{2, 8, 2};
  EXPECT_THROW(sense_g_factor(ring_of_coils(size, 4), size, 4, 5), Error);
  const std::vector<Complex> alike(2 * 32, {1, 0});
  EXPECT_THROW(sense_g_factor(alike, size, 2, 2), Error);
  EXPECT_THROW(sense_g_factor(ring_of_coils(size, 4), size, 4, 0), Error);
}

}  // namespace
}  // namespace voxprior
