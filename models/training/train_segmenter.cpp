#include "models/training/train_segmenter.h"

#include <torch/autograd.h>
#include <torch/utils.h>

#include "models/training/optimiser.h"
#include "models/training/schedule.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr std::int64_t kWarmupSteps = 10;
constexpr double kCooldown = 0.5, kClipNorm = 1;

std::vector<std::int64_t> drawn(std::int64_t volumes, const SegmenterTraining& training, std::int64_t step) {
  Random random(training.seed, static_cast<std::uint64_t>(step));
  std::vector<std::int64_t> indices;
  for (std::int64_t n = 0; n < training.batch; ++n)
    indices.push_back(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(volumes))));
  return indices;
}

}  // namespace

Segmenter train_segmenter(const torch::Tensor& volumes, const torch::Tensor& labels, const SegmenterTraining& training,
                          const std::function<void(double)>& progress) {
  torch::manual_seed(static_cast<std::int64_t>(training.seed));
  Segmenter network(training.classes, training.channels);
  std::vector<NamedParameter> parameters;
  for (const auto& item : network->named_parameters()) parameters.push_back({item.key(), item.value()});
  Optimiser optimiser(std::move(parameters));
  for (std::int64_t step = 0; step < training.steps; ++step) {
    const torch::Tensor chosen = torch::tensor(drawn(volumes.size(0), training, step));
    const torch::Tensor logits = network->forward(volumes.index_select(0, chosen));
    const torch::Tensor truth = labels.index_select(0, chosen).unsqueeze(1);
    const torch::Tensor loss = -logits.log_softmax(1).gather(1, truth).mean();
    loss.backward();
    const double rate = learning_rate_at(step, training.steps, training.learning_rate, kWarmupSteps, kCooldown);
    optimiser.step(rate, kClipNorm);
    progress(static_cast<double>(step + 1) / static_cast<double>(training.steps));
  }
  return network;
}

torch::Tensor segment(Segmenter& network, const torch::Tensor& volume) {
  const torch::NoGradGuard no_grad;
  return network->forward(volume.unsqueeze(0).unsqueeze(0)).argmax(1).squeeze(0).to(torch::kUInt8);
}

}  // namespace voxprior
