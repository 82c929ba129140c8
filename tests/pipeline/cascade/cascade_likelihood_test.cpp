#include "pipeline/cascade/cascade_likelihood.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "pipeline/wavelet/haar.h"
#include "tests/pipeline/cascade/gaussian_cascade.h"

namespace voxprior {
namespace {

// -log2 N(x; 0, std^2), summed.
double bits(const torch::Tensor& x, double std) {
  const torch::Tensor nats = 0.5 * (x.to(torch::kDouble).square() / (std * std) + std::log(2 * M_PI * std * std));
  return nats.sum().item<double>() / M_LN2;
}

// The true value for the Gaussian cascade, by the change of variables done once more: volume -> orthonormal Haar bands
// of two levels -> the coarse volume, which is its LLL band divided by 8.
double true_bits_per_voxel(const torch::Tensor& volume) {
  const torch::Tensor fine = haar_forward(volume), middle = haar_forward(fine.narrow(1, 0, 1) / std::sqrt(8.));
  const torch::Tensor coarse = middle.narrow(1, 0, 1) / std::sqrt(8.);
  const double low_noise = 0.002, coarse_noise = 0.01;  // the lowest levels of the schedules
  const auto with = [](double std, double noise) { return std::hypot(std, noise); };
  double sum = bits(fine.narrow(1, 1, 7), with(test::kDetailStd, low_noise));
  sum += bits(middle.narrow(1, 1, 7), with(test::kDetailStd, low_noise)) +
         static_cast<double>(middle.narrow(1, 1, 7).numel()) * 1.5;
  sum += bits(coarse, with(test::kCoarseStd, coarse_noise)) + static_cast<double>(coarse.numel()) * 3;
  return sum / static_cast<double>(volume.numel());
}

TEST(CascadeLikelihood, OfAGaussianCascadeIsTheTrueDensity) {
  // A probe's estimate of how many bands are details spreads by 0.02 bits, of 16 probes by 0.005. A unit forgotten for
  // the coarse level alone is 0.047 bits.
  CascadeLikelihoodOptions options;
  options.tolerance = {1e-5, 1e-5, 5000};
  options.probes = 16;
  for (const double scale : {1., 2.}) {
    torch::manual_seed(3);
    const torch::Tensor x = scale * test::gaussian_volume();
    const CascadeLikelihood found = cascade_likelihood(test::gaussian_cascade(10), x, 0, options);
    EXPECT_NEAR(found.bits_per_voxel, true_bits_per_voxel(x), 0.01) << scale;
    EXPECT_NEAR(found.bits_map.mean().item<double>(), found.bits_per_voxel, 1e-5);
    EXPECT_EQ(found.bits_of_levels.size(), 3u);
  }
}

TEST(CascadeLikelihood, GreyLevelsAreTheUnitOfBits) {
  const torch::Tensor x = test::gaussian_volume();
  CascadeLikelihoodOptions fine;
  fine.quantisation_width = 0.25;
  const double whole = cascade_likelihood(test::gaussian_cascade(10), x, 0).bits_per_voxel;
  EXPECT_NEAR(cascade_likelihood(test::gaussian_cascade(10), x, 0, fine).bits_per_voxel, whole + 2, 1e-6);
}

TEST(CascadeLikelihood, TheMapShowsWhereAVolumeIsUnlikely) {
  torch::Tensor x = test::gaussian_volume();
  const torch::Tensor before = cascade_likelihood(test::gaussian_cascade(10), x, 0).bits_map;
  x[0][0][8][9][10] += 3;
  const torch::Tensor rise = cascade_likelihood(test::gaussian_cascade(10), x, 0).bits_map - before;
  EXPECT_EQ(rise.argmax().item<std::int64_t>(), (8 * 24 + 9) * 40 + 10);
}

}  // namespace
}  // namespace voxprior
