#include "pipeline/operators/centring_phase.h"

#include <torch/types.h>

#include <cmath>

namespace voxprior {

CentringPhase centring_phase(const std::vector<std::int64_t>& sizes, const std::vector<std::int64_t>& axes) {
  CentringPhase phase{torch::ones({1, 1, 1}, torch::kComplexDouble), torch::ones({1, 1, 1}, torch::kComplexDouble)};
  for (const std::int64_t axis : axes) {
    const std::int64_t size = sizes[static_cast<std::size_t>(axis)], centre = size / 2;
    std::vector<std::int64_t> along{1, 1, 1};
    along[static_cast<std::size_t>(axis)] = size;
    // c n modulo N is exact in integers; the angle of a large product would not be.
    const torch::Tensor turns = torch::arange(size).mul(centre).remainder(size).to(torch::kDouble).reshape(along);
    const torch::Tensor back =
        (torch::arange(size) - centre).mul(centre).remainder(size).to(torch::kDouble).reshape(along);
    const double step = 2 * std::acos(-1.0) / static_cast<double>(size);
    const torch::Tensor one = torch::ones(along, torch::kDouble);
    phase.before = phase.before * torch::polar(one, turns * step);
    phase.after = phase.after * torch::polar(one / std::sqrt(static_cast<double>(size)), back * step);
  }
  const torch::Tensor all = torch::ones(sizes, torch::kComplexFloat);
  return {all * phase.before.to(torch::kComplexFloat), all * phase.after.to(torch::kComplexFloat)};
}

}  // namespace voxprior
