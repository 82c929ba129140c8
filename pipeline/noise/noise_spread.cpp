#include "pipeline/noise/noise_spread.h"

#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

/// Index n of an axis as -1 .. 1.
double place(std::int64_t n, std::int64_t size) {
  return size < 2 ? 0 : 2 * static_cast<double>(n) / static_cast<double>(size - 1) - 1;
}

/// exp(ln(range) share(x, y, z)) with a share of 0 to 1.
template <typename Share>
std::vector<float> map_of(const std::array<std::int64_t, 3>& size, double range, const Share& share) {
  std::vector<float> map;
  for (std::int64_t k = 0; k < size[2]; ++k)
    for (std::int64_t j = 0; j < size[1]; ++j)
      for (std::int64_t i = 0; i < size[0]; ++i)
        map.push_back(static_cast<float>(
            std::exp(std::log(range) * share(place(i, size[0]), place(j, size[1]), place(k, size[2])))));
  return map;
}

}  // namespace

std::vector<float> noise_towards_middle(const std::array<std::int64_t, 3>& size, double range) {
  const double corner = std::exp(-3.);
  return map_of(size, range, [corner](double x, double y, double z) {
    return (std::exp(-(x * x + y * y + z * z)) - corner) / (1 - corner);
  });
}

std::vector<float> noise_towards_side(const std::array<std::int64_t, 3>& size, double range) {
  return map_of(size, range, [](double, double y, double) { return (y + 1) / 2; });
}

void scale_noise_map(std::vector<float>& map, const std::vector<float>& volume, double sigma) {
  double squares = 0, count = 0;
  for (std::size_t n = 0; n < map.size(); ++n) {
    if (volume[n] == 0) continue;
    squares += static_cast<double>(map[n]) * map[n];
    ++count;
  }
  if (count == 0)
    fail(ExitCode::input, "the volume holds nothing but zeros: no place to put noise of a known strength");
  const float scale = static_cast<float>(sigma / std::sqrt(squares / count));
  for (float& value : map) value *= scale;
}

}  // namespace voxprior
