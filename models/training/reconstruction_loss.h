#pragma once

#include <torch/types.h>

#include "models/network/autoencoder.h"

namespace voxprior {

/// Kullback-Leibler divergence of the posterior from the standard normal distribution in nats, mean over the latent
/// values: (mean^2 + var - 1 - ln var) / 2 (Kingma & Welling 2014, appendix B).
torch::Tensor kl_divergence(const Posterior& posterior);

/// Mean absolute difference of the forward differences of two volumes [N,1,D,H,W] along the three axes, averaged over
/// the volumes and their block means of 2, 4 ... voxels, `scales` in all. It counts edges where the mean absolute error
/// counts intensities, in the same unit. Takes the place of a perceptual network, which would have to be downloaded.
torch::Tensor multi_scale_gradient_loss(torch::Tensor a, torch::Tensor b, int scales);

}  // namespace voxprior
