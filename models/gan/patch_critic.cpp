#include "models/gan/patch_critic.h"

#include "models/network/layers.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {
namespace {

constexpr std::int64_t kBands = 8, kInputs = 2 * kBands + 1;
constexpr double kLeastStd = 0.01;  // normalised intensity, of a band that hardly varies

torch::Tensor run(torch::nn::ModuleList& blocks, torch::Tensor x) {
  for (const auto& block : *blocks) x = block->as<BottleneckBlock>()->forward(x);
  return x;
}

}  // namespace

PatchCriticImpl::PatchCriticImpl(std::int64_t fine, std::int64_t coarse, std::int64_t blocks)
    : fine_blocks_(register_module("fine", torch::nn::ModuleList())),
      coarse_blocks_(register_module("coarse", torch::nn::ModuleList())),
      stem_(register_parameter("stem", initial_weight({fine, kInputs, 3, 3, 3}, false))),
      shrink_(register_parameter("shrink", initial_weight({coarse, 8 * fine, 1, 1, 1}, false))),
      head_(register_parameter("head", initial_weight({1, coarse, 1, 1, 1}, false))) {
  for (std::int64_t i = 0; i < blocks; ++i) {
    fine_blocks_->push_back(BottleneckBlock(fine, fine, 2 * blocks));
    coarse_blocks_->push_back(BottleneckBlock(coarse, coarse, 2 * blocks));
  }
}

torch::Tensor PatchCriticImpl::forward(const torch::Tensor& candidate, const torch::Tensor& noisy,
                                       const torch::Tensor& sigma, const torch::Tensor& feature_std) {
  const torch::Tensor level = sigma.view({-1, 1, 1, 1, 1});
  const torch::Tensor seen =
      haar_forward(candidate) / feature_std.narrow(0, 0, kBands).clamp_min(kLeastStd).view({1, -1, 1, 1, 1});
  const torch::Tensor taken = haar_forward((noisy - candidate) / level);
  const torch::Tensor told = (level.log() / 4).expand_as(seen.narrow(1, 0, 1));
  torch::Tensor x = torch::conv3d(torch::cat({seen, taken, told}, 1), stem_, {}, 1, 1);
  x = torch::conv3d(fold_children(run(fine_blocks_, x).contiguous()), shrink_);
  return torch::conv3d(run(coarse_blocks_, x), head_);
}

}  // namespace voxprior
