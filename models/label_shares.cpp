#include "models/label_shares.h"

namespace voxprior {

torch::Tensor label_shares(const torch::Tensor& numbers, std::size_t labels) {
  const auto channels = static_cast<std::int64_t>(labels) + 1;
  const torch::Tensor channel = torch::arange(channels, numbers.options()).view({-1, 1, 1, 1});
  return (numbers.unsqueeze(0) == channel).to(torch::kFloat32);
}

torch::Tensor label_numbers(const torch::Tensor& shares) { return shares.argmax(0).to(torch::kUInt8); }

}  // namespace voxprior
