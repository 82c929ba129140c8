#include "pipeline/noise/nodes.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

/// ln(sigma) of every node; what is not known (NaN) from its known neighbours, again and again.
void fill_gaps(const Nodes& nodes, std::vector<double>& log_sigma) {
  for (bool gaps = true; gaps;) {
    gaps = false;
    std::vector<double> next = log_sigma;
    for (std::int64_t k = 0; k < nodes.count[2]; ++k)
      for (std::int64_t j = 0; j < nodes.count[1]; ++j)
        for (std::int64_t i = 0; i < nodes.count[0]; ++i) {
          if (!std::isnan(log_sigma[nodes.at(i, j, k)])) continue;
          double sum = 0, known = 0;
          for (std::int64_t z = std::max<std::int64_t>(k - 1, 0); z <= std::min(k + 1, nodes.count[2] - 1); ++z)
            for (std::int64_t y = std::max<std::int64_t>(j - 1, 0); y <= std::min(j + 1, nodes.count[1] - 1); ++y)
              for (std::int64_t x = std::max<std::int64_t>(i - 1, 0); x <= std::min(i + 1, nodes.count[0] - 1); ++x) {
                const double value = log_sigma[nodes.at(x, y, z)];
                if (!std::isnan(value)) sum += value, ++known;
              }
          if (known > 0) next[nodes.at(i, j, k)] = sum / known;
          gaps = gaps || known == 0;
        }
    log_sigma = next;
  }
}

/// [1 2 1] / 4 along each axis, the ends repeated.
void smooth(const Nodes& nodes, std::vector<double>& values) {
  std::int64_t stride = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t length = nodes.count[axis];
    std::vector<double> next = values;
    for (std::size_t n = 0; n < values.size(); ++n) {
      const std::int64_t at = static_cast<std::int64_t>(n) / stride % length;
      const double before = values[at > 0 ? n - static_cast<std::size_t>(stride) : n];
      const double after = values[at + 1 < length ? n + static_cast<std::size_t>(stride) : n];
      next[n] = (before + 2 * values[n] + after) / 4;
    }
    values = next;
    stride *= length;
  }
}

/// Where a voxel lies between two nodes of an axis.
struct Between {
  std::int64_t low, high;
  double weight;
};
std::vector<Between> between_nodes(const Nodes& nodes, std::size_t axis, std::int64_t length) {
  std::vector<Between> result;
  for (std::int64_t n = 0; n < length; ++n) {
    const double at = std::clamp((static_cast<double>(n) + 0.5) / nodes.step[axis] - 0.5, 0.,
                                 static_cast<double>(nodes.count[axis] - 1));
    const auto low = static_cast<std::int64_t>(at);
    result.push_back({low, std::min(low + 1, nodes.count[axis] - 1), at - static_cast<double>(low)});
  }
  return result;
}

std::vector<float> interpolated(const Nodes& nodes, const std::vector<double>& log_sigma,
                                const std::array<std::int64_t, 3>& size) {
  const std::vector<Between> is = between_nodes(nodes, 0, size[0]), js = between_nodes(nodes, 1, size[1]),
                             ks = between_nodes(nodes, 2, size[2]);
  std::vector<double> row(static_cast<std::size_t>(nodes.count[0]));
  std::vector<float> sigma;
  sigma.reserve(static_cast<std::size_t>(size[0] * size[1] * size[2]));
  for (const Between& k : ks)
    for (const Between& j : js) {
      for (std::int64_t i = 0; i < nodes.count[0]; ++i) {
        const auto value = [&](std::int64_t y, std::int64_t z) { return log_sigma[nodes.at(i, y, z)]; };
        const double low = value(j.low, k.low) * (1 - j.weight) + value(j.high, k.low) * j.weight;
        const double high = value(j.low, k.high) * (1 - j.weight) + value(j.high, k.high) * j.weight;
        row[static_cast<std::size_t>(i)] = low * (1 - k.weight) + high * k.weight;
      }
      for (const Between& i : is)
        sigma.push_back(static_cast<float>(std::exp(row[static_cast<std::size_t>(i.low)] * (1 - i.weight) +
                                                    row[static_cast<std::size_t>(i.high)] * i.weight)));
    }
  return sigma;
}

}  // namespace

Nodes::Nodes(const std::array<std::int64_t, 3>& size, const std::array<double, 3>& spacing) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    count[axis] = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(std::lround(static_cast<double>(size[axis]) / spacing[axis])));
    step[axis] = static_cast<double>(size[axis]) / static_cast<double>(count[axis]);
  }
}

std::size_t Nodes::nearest(const std::array<float, 3>& voxel) const {
  std::array<std::int64_t, 3> node{};
  for (std::size_t axis = 0; axis < 3; ++axis)
    node[axis] = std::clamp<std::int64_t>(
        static_cast<std::int64_t>((static_cast<double>(voxel[axis]) + 0.5) / step[axis]), 0, count[axis] - 1);
  return at(node[0], node[1], node[2]);
}

std::vector<float> sigma_between_nodes(const Nodes& nodes, std::vector<double> log_sigma,
                                       const std::array<std::int64_t, 3>& size) {
  fill_gaps(nodes, log_sigma);
  smooth(nodes, log_sigma);
  return interpolated(nodes, log_sigma, size);
}

}  // namespace voxprior
