#include "models/gan/widths.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace voxprior {
namespace {

constexpr std::int64_t kBands = 8, kKernel = 27;  // 3x3x3
constexpr int kProportions = 128;                 // that are tried, in steps of 1/32

// Of the kernels and offsets of one block.
std::int64_t block_parameters(std::int64_t channels, std::int64_t inner) {
  return 2 * channels * inner + kKernel * inner * inner + 2 * inner;
}

std::int64_t rounded(double width) { return std::max<std::int64_t>(4, 4 * std::llround(width / 4)); }

}  // namespace

std::vector<std::int64_t> GanWidths::coarsest() const {
  std::vector<std::int64_t> size = grid;
  for (std::int64_t& side : size) side >>= channels.size();
  return size;
}

std::int64_t generator_parameters(const GanWidths& widths) {
  const std::vector<std::int64_t> size = widths.coarsest();
  const std::int64_t last = widths.channels.back();
  std::int64_t count = last * (size[0] * size[1] * size[2] + widths.latent + 1 + widths.classes);
  for (std::size_t l = 0; l < widths.channels.size(); ++l) {
    count += widths.blocks[l] * block_parameters(widths.channels[l], widths.inner[l]);
    if (l + 1 < widths.channels.size()) count += 8 * widths.channels[l] * widths.channels[l + 1];
  }
  return count + kKernel * kBands * widths.channels[0];
}

GanWidths matched(GanWidths widths, std::int64_t parameters) {
  const auto at = [&](int proportion) {
    widths.inner.clear();
    for (const std::int64_t channels : widths.channels)
      widths.inner.push_back(rounded(static_cast<double>(channels * proportion) / 32));
    return std::llabs(generator_parameters(widths) - parameters);
  };
  int best = 8;
  for (int proportion = 8; proportion <= kProportions; ++proportion)
    if (at(proportion) < at(best)) best = proportion;
  at(best);
  return widths;
}

}  // namespace voxprior
