#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace voxprior {

/// Places about `spacing` voxels apart over a volume of `size`, i fastest: where a smooth quantity is looked at.
struct Nodes {
  Nodes(const std::array<std::int64_t, 3>& size, const std::array<double, 3>& spacing);

  std::array<std::int64_t, 3> count{};
  std::array<double, 3> step{};  ///< voxels; node n is at (n + 1/2) step - 1/2

  std::size_t size() const { return static_cast<std::size_t>(count[0] * count[1] * count[2]); }
  std::size_t at(std::int64_t i, std::int64_t j, std::int64_t k) const {
    return static_cast<std::size_t>((k * count[1] + j) * count[0] + i);
  }
  double place(std::size_t axis, std::int64_t n) const { return (static_cast<double>(n) + 0.5) * step[axis] - 0.5; }
  std::size_t nearest(const std::array<float, 3>& voxel) const;
};

/// sigma of every voxel from ln(sigma) at the nodes, of which one at least is known: what is not known (NaN) is taken
/// from its neighbours, all are smoothed over the nodes, and ln(sigma) is linear between them.
std::vector<float> sigma_between_nodes(const Nodes& nodes, std::vector<double> log_sigma,
                                       const std::array<std::int64_t, 3>& size);

}  // namespace voxprior
