#include "models/training/stable_target.h"

#include <torch/utils.h>

namespace voxprior {

StableTarget::StableTarget(const std::vector<torch::Tensor>& volumes) {
  std::vector<torch::Tensor> rows;
  for (const torch::Tensor& volume : volumes) rows.push_back(volume.flatten());
  volumes_ = torch::stack(rows);
  half_square_ = volumes_.square().sum(1) / 2;
}

// |x - v|^2 but for |x|^2, which all have in common, is |v|^2 - 2 x.v: one matrix product for all pairs.
torch::Tensor StableTarget::of(const torch::Tensor& noisy, const torch::Tensor& sigma) const {
  const torch::NoGradGuard no_grad;
  const torch::Tensor closeness = noisy.flatten(1).matmul(volumes_.t()) - half_square_.unsqueeze(0);
  const torch::Tensor weights = torch::softmax(closeness / sigma.square().unsqueeze(1), 1);
  return weights.matmul(volumes_).view_as(noisy);
}

}  // namespace voxprior
