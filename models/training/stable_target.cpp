#include "models/training/stable_target.h"

#include <torch/utils.h>

namespace voxprior {

StableTarget::StableTarget(const std::vector<torch::Tensor>& volumes) {
  std::vector<torch::Tensor> rows;
  for (const torch::Tensor& volume : volumes) rows.push_back(volume.flatten());
  volumes_ = torch::stack(rows);
}

torch::Tensor StableTarget::reference(const torch::Tensor& noised, Random& random) const {
  if (volumes_.size(0) <= kMostVolumes) return volumes_;
  std::vector<std::int64_t> drawn(kMostVolumes);
  for (std::int64_t& each : drawn)
    each = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(volumes_.size(0))));
  return torch::cat({volumes_.index_select(0, torch::tensor(drawn)), noised.flatten(1)});
}

// |x - v|^2 but for |x|^2, which all have in common, is |v|^2 - 2 x.v: one matrix product for all pairs.
torch::Tensor StableTarget::of(const torch::Tensor& noisy, const torch::Tensor& sigma, const torch::Tensor& noised,
                               Random& random) const {
  const torch::NoGradGuard no_grad;
  const torch::Tensor volumes = reference(noised, random);
  const torch::Tensor closeness = noisy.flatten(1).matmul(volumes.t()) - volumes.square().sum(1) / 2;
  const torch::Tensor weights = torch::softmax(closeness / sigma.square().unsqueeze(1), 1);
  return weights.matmul(volumes).view_as(noisy);
}

}  // namespace voxprior
