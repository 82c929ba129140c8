#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace voxprior {

/// How much of a small change in the data comes through in a denoiser's result, in cubes of a few millimetres:
///
///   share(B) = d mean_B(D) / d mean_B(y),   y raised by one constant over the cube B
///
/// Near 1 the data decide what is seen at this size, near 0 the prior does. By Tweedie's formula sigma^2 dD/dy is the
/// covariance of the posterior, so share(B) is also Var(mean_B(x) | y) over the variance of mean_B of the noise: where
/// the data decide, what is left of the uncertainty is that of the noise; where the prior does, it is smaller.
///
/// The volume is cut into cubes. Every other one along each axis is raised or lowered, by turns as chance will have it,
/// so that what reaches a cube from the others cancels on average; eight such probes reach all of them.
class DataShare {
 public:
  static constexpr int kProbes = 8;

  /// Cubes with edges as near to `edge_mm` as whole voxels and equal parts of the volume allow.
  DataShare(const std::array<std::int64_t, 3>& size_ijk, const std::array<double, 3>& spacing_mm, double edge_mm);

  /// 1 or -1 in the cubes that probe `n` is for, 0 elsewhere; i runs fastest.
  std::vector<float> pattern(int n) const;

  /// `response` = D(y + amplitude pattern(n)) - D(y). `amplitude` > 0 holds one number for all voxels or one for each.
  void learn(int n, const std::vector<float>& response, const std::vector<float>& amplitude);

  /// For each voxel that of its cube, once all probes are learnt.
  std::vector<float> shares() const;

  const std::array<double, 3>& edge_mm() const { return edge_mm_; }  ///< mean length of the cubes along i, j, k

 private:
  template <typename Visit>
  void for_each_voxel(const Visit& visit) const;

  std::array<std::int64_t, 3> size_;
  std::array<double, 3> edge_mm_{};
  std::array<std::vector<std::int32_t>, 3> cube_of_;  // index of the cube that holds a voxel, along each axis
  std::array<std::int64_t, 3> cubes_{};
  std::vector<double> share_;  // of each cube
};

}  // namespace voxprior
