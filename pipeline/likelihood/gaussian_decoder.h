#pragma once

#include <torch/types.h>

namespace voxprior {

/// ln N(x; mean, std^2), voxel by voxel, float64.
torch::Tensor gaussian_log_density(const torch::Tensor& x, const torch::Tensor& mean, double std);

/// ln of the probability that N(mean, std^2) gives to the grey level of x, the interval x - width/2 to x + width/2,
/// voxel by voxel, float64. Summed over all levels the probabilities are 1. Finite however far x lies from the mean. Ho
/// et al. 2020, arXiv:2006.11239, equation 13, with levels that go on without end on both sides.
torch::Tensor discretised_gaussian_log_probability(const torch::Tensor& x, const torch::Tensor& mean, double std,
                                                   double width);

}  // namespace voxprior
