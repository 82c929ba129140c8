#include "models/precondition.h"

#include "pipeline/wavelet/haar.h"

namespace voxprior {

torch::Tensor HaarPreconditioner::denoise(LocalUnet& network, const torch::Tensor& x, const torch::Tensor& sigma,
                                          torch::ScalarType body_type) const {
  const torch::Tensor s = sigma.view({-1, 1, 1, 1, 1});
  const torch::Tensor sd = band_std.to(x.device()).view({1, 8, 1, 1, 1});
  const torch::Tensor norm = (s * s + sd * sd).sqrt();

  const torch::Tensor bands = haar_forward(x);
  const torch::Tensor f = network->forward(bands / norm, sigma.log() / 4, body_type);
  return haar_inverse(bands * (sd / norm).square() + f * (s * sd / norm));
}

torch::Tensor HaarPreconditioner::wiener_risk(const torch::Tensor& sigma) const {
  const torch::Tensor s2 = sigma.square().view({-1, 1});
  const torch::Tensor v = band_std.to(sigma.device()).square().view({1, 8});
  return (s2 * v / (s2 + v)).mean(1);
}

}  // namespace voxprior
