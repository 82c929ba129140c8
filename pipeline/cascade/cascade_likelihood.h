#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "pipeline/cascade/cascade.h"
#include "pipeline/core/progress.h"
#include "pipeline/likelihood/dormand_prince.h"

namespace voxprior {

struct CascadeLikelihoodOptions {
  double quantisation_width = 1;  ///< of one grey level, in the unit of the volume: bits are those of naming a level
  int probes = 1;                 ///< random vectors of each level's trace estimate
  OdeTolerance tolerance{1e-3, 1e-3, 5000};
};

struct CascadeLikelihood {
  double bits_per_voxel = 0;
  std::vector<double> bits_of_levels;  ///< what each level contributes, coarse first; they add up to bits_per_voxel
  torch::Tensor bits_map;              ///< [1,1,D,H,W] float32, its mean is bits_per_voxel
  int evaluations = 0;                 ///< of all denoisers
};

/// -log2 of the density that the cascade gives to a volume [1,1,D,H,W]: by the chain rule that of the coarse volume
/// plus that of each octave's detail bands given the coarser volume, each by ode_likelihood() and brought to the unit
/// of the volume's own voxels (the orthonormal Haar transform changes no density, block means are LLL / (2 sqrt 2)).
///
/// The denoisers must pass gradients. Throws as ode_likelihood() does.
CascadeLikelihood cascade_likelihood(const Cascade& cascade, const torch::Tensor& volume, std::uint64_t seed,
                                     const CascadeLikelihoodOptions& options = {}, const Progress& progress = {});

}  // namespace voxprior
