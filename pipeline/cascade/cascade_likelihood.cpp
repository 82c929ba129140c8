#include "pipeline/cascade/cascade_likelihood.h"

#include <algorithm>
#include <cmath>

#include "pipeline/likelihood/ode_likelihood.h"

namespace voxprior {
namespace {

// Bits by which the density of block means, in their own unit, exceeds that of the LLL band: log2(2 sqrt 2).
constexpr double kBitsOfMeans = 1.5;

double lowest_noise(const CascadeLevel& level) {
  double lowest = level.sigmas.front();
  for (const double sigma : level.sigmas)
    if (sigma > 0) lowest = std::min(lowest, sigma);
  return lowest;
}

OdeLikelihood level_likelihood(const CascadeLevel& level, const torch::Tensor& volume, std::uint64_t seed,
                               const CascadeLikelihoodOptions& options, const Progress& progress) {
  OdeLikelihoodOptions ode;
  ode.sigma_min = lowest_noise(level);
  ode.sigma_max = level.sigmas.front();
  ode.data_std = 0;  // the noise hides it
  ode.probes = options.probes;
  ode.tolerance = options.tolerance;
  return ode_likelihood(level.denoise, volume, seed, ode, progress);
}

// What ode_likelihood counts for the block means of an octave, which are given and not to be counted: they stay where
// they are, while the ODE takes the noise on them to have grown. [1,1,D,H,W], bits of each voxel of the octave.
torch::Tensor bits_of_given(const CascadeLevel& octave, const torch::Tensor& coarse) {
  const double variance = octave.sigmas.front() * octave.sigmas.front();
  const double growth = std::log(octave.sigmas.front() / lowest_noise(octave));
  const torch::Tensor low = coarse.to(torch::kDouble) * (2 * std::sqrt(2.));
  const torch::Tensor nats = growth - 0.5 * (low.square() / variance + std::log(2 * M_PI * variance));
  const torch::Tensor share = nats / (-M_LN2 * 8);  // one band, shared by eight voxels
  return share.repeat_interleave(2, 2).repeat_interleave(2, 3).repeat_interleave(2, 4);
}

// Bits of each voxel of a level, shared by the voxels of the full resolution that lie in it.
torch::Tensor at_full_resolution(torch::Tensor bits, std::size_t octaves) {
  for (std::size_t i = 0; i < octaves; ++i)
    bits = bits.repeat_interleave(2, 2).repeat_interleave(2, 3).repeat_interleave(2, 4) / 8;
  return bits;
}

}  // namespace

CascadeLikelihood cascade_likelihood(const Cascade& cascade, const torch::Tensor& volume, std::uint64_t seed,
                                     const CascadeLikelihoodOptions& options, const Progress& progress) {
  const torch::NoGradGuard no_grad;
  const std::size_t octaves = cascade.octaves.size();
  const std::vector<torch::Tensor> pyramid = pyramid_of(volume, octaves);

  CascadeLikelihood result;
  torch::Tensor map = torch::zeros_like(volume, torch::kDouble);
  for (std::size_t i = 0; i <= octaves; ++i) {
    const auto tell = [&](double fraction) {
      if (progress) progress((static_cast<double>(i) + fraction) / static_cast<double>(octaves + 1));
    };
    const CascadeLevel& own = i == 0 ? cascade.coarse : cascade.octaves[i - 1];
    const CascadeLevel level = i == 0 ? own : CascadeLevel{given_coarse(own.denoise, pyramid[i - 1]), own.sigmas};
    const OdeLikelihood likelihood = level_likelihood(level, pyramid[i], level_seed(seed, 0, i), options, tell);
    torch::Tensor bits = likelihood.bits_map.to(torch::kDouble);
    double counted = 1;  // share of the level's bands that it is the likelihood of
    if (i > 0) {
      bits = bits - bits_of_given(own, pyramid[i - 1]);
      counted = 7. / 8;
    }
    // The unit: each octave above this level makes 2 sqrt 2 of a mean.
    bits = bits + counted * kBitsOfMeans * static_cast<double>(octaves - i);
    const torch::Tensor full = at_full_resolution(bits, octaves - i);
    result.bits_of_levels.push_back(full.mean().item<double>());
    result.evaluations += likelihood.evaluations;
    map = map + full;
  }
  const double level_bits = std::log2(options.quantisation_width);
  result.bits_of_levels.front() -= level_bits;
  map = map - level_bits;
  result.bits_per_voxel = map.mean().item<double>();
  result.bits_map = map.to(torch::kFloat32);
  return result;
}

}  // namespace voxprior
