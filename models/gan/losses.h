#pragma once

#include <torch/types.h>

namespace voxprior {

/// Relativistic pairing loss (Jolicoeur-Martineau 2019; Huang et al. 2024, Eq. 1): the mean of
/// softplus(worse - better) over pairs, small where `better` [N,1] scores above `worse`. A critic is trained on
/// (real, fake), a generator on (fake, real).
torch::Tensor relativistic_loss(const torch::Tensor& better, const torch::Tensor& worse);

/// Gradient of each sample's score towards that sample, with a graph of its own: of the shape of x [N,...].
torch::Tensor score_gradient(const torch::Tensor& scores, const torch::Tensor& x);

/// Half the mean of |g|^2: R1 where the gradient is at real samples, R2 where it is at fake ones (Mescheder et al.
/// 2018).
torch::Tensor zero_centred_penalty(const torch::Tensor& gradient);

/// The mean of (|g| - 1)^2 (Gulrajani et al. 2017, Eq. 3).
torch::Tensor one_centred_penalty(const torch::Tensor& gradient);

/// share a + (1 - share) b of each sample, share [N]; no gradient passes to a or b.
torch::Tensor between_samples(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& share);

}  // namespace voxprior
