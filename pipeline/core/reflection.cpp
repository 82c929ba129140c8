#include "pipeline/core/reflection.h"

namespace voxprior {

torch::Tensor reflected_positions(std::int64_t begin, std::int64_t end, std::int64_t size, torch::Device device) {
  const torch::Tensor phase = torch::arange(begin, end, torch::kInt64).remainder(2 * size);
  return torch::min(phase, 2 * size - 1 - phase).to(device);
}

}  // namespace voxprior
