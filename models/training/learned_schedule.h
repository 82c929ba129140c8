#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

#include "models/training/optimiser.h"
#include "models/training/source.h"
#include "models/weights/parameters.h"
#include "pipeline/likelihood/monotone_schedule.h"

namespace voxprior {

/// Training on the variational bound with a noise schedule that learns (Kingma et al. 2021, arXiv:2107.00630). In
/// continuous time the bound's diffusion part, in nats per voxel, is
///
///   int (e / sigma^2) d ln sigma = E_t [ (d ln sigma / dt) e / sigma^2 ],    e = |D(x + sigma n, sigma) - x|^2 per
///   voxel
///
/// the same for every schedule ln sigma(t) with the same ends. What depends on it is how much the estimate scatters
/// with t: the schedule is moved down the gradient of E_t [((d ln sigma / dt) e / sigma^2)^2] (their section 5 and
/// appendix on variance minimisation), taken in the form -E [l^2 grad ln p(ln sigma)], l the estimate and p the density
/// with which levels are drawn, for which no derivative of D in sigma is needed. It ends with p in proportion to the
/// root mean square of e / sigma^2: levels are drawn where the bits are.
class LearnedSchedule {
 public:
  LearnedSchedule(double sigma_min, double sigma_max, std::int64_t seed);

  /// The batch with its noise at levels drawn from the schedule: t spread evenly over 0 to 1 from a random offset that
  /// depends on (seed, step) alone.
  TrainingBatch at_drawn_levels(const TrainingBatch& batch, std::int64_t step) const;

  /// The bound's diffusion part [N] from the squared errors per voxel [N] of a batch of at_drawn_levels(), with a graph
  /// to them. Gathers the gradient of the schedule.
  torch::Tensor bound(const torch::Tensor& error, const torch::Tensor& sigma);

  /// Moves the schedule down its gradient; `share` of the full rate.
  void step(double share);

  const MonotoneSchedule& schedule() const { return schedule_; }
  TensorMap state() const;          ///< for a checkpoint, shared
  TensorMap model_tensors() const;  ///< for the model file; see models/beside_network.h

 private:
  MonotoneSchedule schedule_;
  std::uint64_t seed_;
  Optimiser optimiser_;
};

}  // namespace voxprior
