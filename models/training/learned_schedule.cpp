#include "models/training/learned_schedule.h"

#include <torch/types.h>
#include <torch/utils.h>

#include "models/beside_network.h"

namespace voxprior {
namespace {

constexpr std::uint64_t kTimeStream = std::uint64_t{1} << 41;  // beyond the streams of the data
constexpr double kRate = 0.01, kClipNorm = 1;                  // of the schedule's own Adam

std::vector<NamedParameter> named_parameters(const MonotoneSchedule& schedule) {
  const std::vector<torch::Tensor> parameters = schedule.parameters();
  return {{"weights", parameters[0]}, {"slopes", parameters[1]}, {"centres", parameters[2]}};
}

}  // namespace

LearnedSchedule::LearnedSchedule(double sigma_min, double sigma_max, std::int64_t seed)
    : schedule_(sigma_min, sigma_max),
      seed_(static_cast<std::uint64_t>(seed)),
      optimiser_(named_parameters(schedule_)) {}

TrainingBatch LearnedSchedule::at_drawn_levels(const TrainingBatch& batch, std::int64_t step) const {
  const torch::NoGradGuard no_grad;
  const std::int64_t count = batch.sigma.size(0);
  const double offset = Random(seed_, kTimeStream + static_cast<std::uint64_t>(step)).uniform();
  const torch::Tensor t = (torch::arange(count, torch::kDouble) / static_cast<double>(count) + offset).frac();
  const torch::Tensor sigma = schedule_.log_sigma(t).exp().to(batch.sigma.options());
  return with_noise_at(batch, sigma);
}

torch::Tensor LearnedSchedule::bound(const torch::Tensor& error, const torch::Tensor& sigma) {
  const torch::Tensor log_sigma = sigma.detach().to(torch::kCPU, torch::kDouble).log();
  torch::Tensor log_density;
  {
    const torch::AutoGradMode with_gradient(true);
    log_density = schedule_.log_density(log_sigma);
  }
  const torch::Tensor weight = (-log_density.detach() - 2 * log_sigma).exp().to(error.options());
  const torch::Tensor nats = weight * error;
  if (!error.requires_grad()) return nats;

  const torch::Tensor squares = nats.detach().to(torch::kCPU, torch::kDouble).square();
  // Without the 1 the gradient is the same on average: ln p has mean gradient 0 over its own draws.
  const torch::AutoGradMode with_gradient(true);
  (-(squares / squares.mean() - 1) * log_density).mean().backward();
  return nats;
}

void LearnedSchedule::step(double share) { optimiser_.step(share * kRate, kClipNorm); }

TensorMap LearnedSchedule::state() const {
  TensorMap state = model_tensors();
  for (const auto& [name, tensor] : optimiser_.state()) state["schedule_optimiser." + name] = tensor;
  return state;
}

TensorMap LearnedSchedule::model_tensors() const { return tensors_of(schedule_); }

}  // namespace voxprior
