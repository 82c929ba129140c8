#include "pipeline/cascade/cascade_bound.h"

#include <torch/types.h>

#include <cmath>

#include "pipeline/likelihood/variational_bound.h"
#include "pipeline/samplers/step_noise.h"

namespace voxprior {
namespace {

// Bits by which the density of block means, in their own unit, exceeds that of the LLL band: log2(2 sqrt 2).
constexpr double kBitsOfMeans = 1.5;

}  // namespace

CascadeBound cascade_bound(const Cascade& cascade, const std::vector<BandErrors>& errors, const torch::Tensor& volume,
                           std::uint64_t seed, double quantisation_width, const Progress& progress) {
  const std::size_t octaves = cascade.octaves.size();
  TORCH_CHECK(errors.size() == octaves + 1, "cascade_bound needs variances for ", octaves + 1, " levels");
  const std::vector<torch::Tensor> pyramid = pyramid_of(volume, octaves);

  CascadeBound result;
  for (std::size_t i = 0; i <= octaves; ++i) {
    const CascadeLevel& level = i == 0 ? cascade.coarse : cascade.octaves[i - 1];
    const Denoiser denoise = i == 0 ? level.denoise : given_coarse(level.denoise, pyramid[i - 1]);
    BoundOptions options;
    options.band_errors = errors[i];
    options.data_std = 0;  // the noise hides it
    const auto tell = [&](double fraction) {
      if (progress) progress((static_cast<double>(i) + fraction) / static_cast<double>(octaves + 1));
    };
    const VariationalBound bound =
        variational_bound(denoise, pyramid[i], level.sigmas, step_noise({level_seed(seed, 0, i)}), options, tell);
    // The unit: each octave above this level makes 2 sqrt 2 of a mean. Of an octave seven bands of eight are counted.
    const double above = static_cast<double>(octaves - i), counted = i == 0 ? 1 : 7. / 8;
    result.bits_of_levels.push_back((bound.total + counted * kBitsOfMeans * above) / std::pow(8., above));
    result.evaluations += static_cast<int>(bound.steps.size()) + 1;
  }
  result.bits_of_levels.front() -= std::log2(quantisation_width);
  for (const double bits : result.bits_of_levels) result.bits_per_voxel += bits;
  return result;
}

}  // namespace voxprior
