#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/reconstruction/defaults.h"
#include "pipeline/reconstruction/problem.h"

namespace voxprior {

/// Measurements of a known volume.
struct Experiment {
  std::string name;
  std::string description;
  ProblemKind kind = ProblemKind::mri;
  ReconstructionProblem problem;  ///< without a denoiser
  torch::Tensor maps;             ///< of MRI, [C,D,H,W]: for other programs
  double unit = 1;                ///< reconstructed images divided by it are like the truth
  std::vector<std::pair<std::string, torch::Tensor>>
      baselines;  ///< reconstructions without a parameter, like the truth
};

// `truth` is [D,H,W] in normalised intensity.

/// Eight coils around the volume and a smooth phase; variable-density Poisson discs in D and H, W is read out whole;
/// white noise of std `noise` in each part of each sample. The reconstruction knows the true sensitivities.
Experiment undersampled_mri(const torch::Tensor& truth, double acceleration, double noise, std::uint64_t seed);

/// What a CT scanner measures: water attenuates 0.02 / mm, rays receive a Poisson number of photons.
struct CtScan {
  bool fan = false;  ///< else a parallel beam over 180 degrees; a fan goes round, 595 mm from source to isocentre
  std::int64_t views = 60;
  double photons = 1e5;  ///< in each ray without an object
};

/// The baselines are filtered back-projections with every window.
Experiment ct_scan(const torch::Tensor& truth, const std::array<double, 3>& spacing_mm, const CtScan& scan,
                   std::uint64_t seed);

/// Means of `factor` slices along D, with noise; the baselines are cubic splines and lines through them.
Experiment thick_slices(const torch::Tensor& truth, std::int64_t factor, double noise, std::uint64_t seed);

}  // namespace voxprior
