#include "bench/network_flops.h"

namespace voxprior {
namespace {

constexpr double kFeatures = 9, kBands = 8;  // what goes into and comes out of the network
constexpr double kKernel3 = 27, kKernel2 = 8, kChildren = 8;

double convolution(double in, double out, double taps, double positions) { return 2 * in * out * taps * positions; }

}  // namespace

double network_flops(const UnetWidths& widths, const std::array<std::int64_t, 3>& size) {
  const auto positions_of = [&](std::size_t level) {  // level 0 lies behind the Haar transform, at half resolution
    const std::int64_t cell = std::int64_t{2} << level;
    return static_cast<double>((size[0] / cell) * (size[1] / cell) * (size[2] / cell));
  };
  const auto width_of = [&](std::size_t level) { return static_cast<double>(widths.channels[level]); };

  double flops = convolution(kFeatures, width_of(0), kKernel3, positions_of(0));
  flops += convolution(width_of(0), kBands, kKernel3, positions_of(0));
  for (std::size_t level = 0; level < widths.channels.size(); ++level) {
    const bool coarsest = level + 1 == widths.channels.size();
    const double blocks = static_cast<double>(widths.blocks[level]) * (coarsest ? 1 : 2);  // down, and again up
    flops += blocks * 2 * convolution(width_of(level), width_of(level), kKernel3, positions_of(level));
    if (coarsest) break;
    flops += convolution(width_of(level), width_of(level + 1), kKernel2, positions_of(level + 1));
    flops += convolution(width_of(level + 1), kChildren * width_of(level), 1, positions_of(level + 1));
  }
  return flops;
}

}  // namespace voxprior
