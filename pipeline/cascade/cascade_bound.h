#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "pipeline/cascade/cascade.h"
#include "pipeline/core/progress.h"
#include "pipeline/samplers/band_errors.h"

namespace voxprior {

struct CascadeBound {
  double bits_per_voxel = 0;
  std::vector<double> bits_of_levels;  ///< what each level contributes, coarse first; they add up to bits_per_voxel
  int evaluations = 0;                 ///< of all denoisers
};

/// An upper bound on what cascade_likelihood() computes, in expectation over the noise drawn from `seed`: each level by
/// variational_bound() with the steps of its own noise levels and a variance of the reverse steps for each band,
/// errors[level], that of an octave's LLL band 0. volume [1,1,D,H,W]; bits are those of naming a grey level of
/// `quantisation_width`. One evaluation of a level's denoiser for each of its steps, no gradient.
CascadeBound cascade_bound(const Cascade& cascade, const std::vector<BandErrors>& errors, const torch::Tensor& volume,
                           std::uint64_t seed, double quantisation_width, const Progress& progress = {});

}  // namespace voxprior
