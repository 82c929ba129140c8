#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace voxprior {

/// Where truncated sampling starts: volume + sigma n, [N,C,D,H,W], seeds[n] for sample n as in starting_noise(). From
/// here a sampler draws a posterior-like sample that keeps what of the volume survives noise of std sigma: a scan to be
/// denoised, the output of another method, a volume to be varied. No step above sigma is spent.
/// Chung et al. 2022, Come-Closer-Diffuse-Faster, arXiv:2112.05146.
torch::Tensor truncated_start(const torch::Tensor& volume, double sigma, const std::vector<std::uint64_t>& seeds);

/// The rest of a schedule that starts at `sigma`: `sigma` and the levels below it. A level within 1 % of `sigma`, a
/// step not worth an evaluation, is left out. Throws Error(ExitCode::usage) unless sigmas.back() < sigma <=
/// sigmas.front().
std::vector<double> truncated_schedule(const std::vector<double>& sigmas, double sigma);

}  // namespace voxprior
