#include "models/precondition.h"

#include "pipeline/wavelet/haar.h"

namespace voxprior {
namespace {

// White noise of variance 1 has variance 1 - 1/27 after its 3x3x3 mean is taken away.
constexpr double kHighPassNoiseVariance = 1 - 1 / 27.;

}  // namespace

torch::Tensor haar_features(const torch::Tensor& x) {
  const torch::Tensor bands = haar_forward(x);
  const torch::Tensor low = bands.narrow(1, 0, 1);
  // Padded by hand: avg_pool3d refuses inputs smaller than its kernel, padding or not.
  const torch::Tensor mean = torch::avg_pool3d(torch::constant_pad_nd(low, {1, 1, 1, 1, 1, 1}), 3, 1);
  return torch::cat({bands, low - mean}, 1);
}

HaarPreconditioner::HaarPreconditioner(torch::Tensor feature_std) : feature_std_(std::move(feature_std)) {
  TORCH_CHECK(feature_std_.numel() == kFeatures, "HaarPreconditioner needs ", kFeatures, " standard deviations");
}

torch::Tensor HaarPreconditioner::denoise(LocalUnet& network, const torch::Tensor& x, const torch::Tensor& sigma,
                                          torch::ScalarType body_type) const {
  const torch::Tensor s2 = sigma.square().view({-1, 1, 1, 1, 1});
  const torch::Tensor variance = feature_std_.to(x.device()).square().view({1, kFeatures, 1, 1, 1});
  torch::Tensor noise_gain = torch::ones_like(variance);
  noise_gain.narrow(1, kFeatures - 1, 1).fill_(kHighPassNoiseVariance);

  const torch::Tensor features = haar_features(x);
  const torch::Tensor bands = features.narrow(1, 0, 8), v = variance.narrow(1, 0, 8);
  const torch::Tensor f = network->forward(features * (s2 * noise_gain + variance).rsqrt(), sigma.log() / 4, body_type);
  return haar_inverse(bands * (v / (s2 + v)) + f * (s2 * v / (s2 + v)).sqrt());
}

torch::Tensor HaarPreconditioner::wiener_risk(const torch::Tensor& sigma) const {
  const torch::Tensor s2 = sigma.square().view({-1, 1});
  const torch::Tensor v = feature_std_.to(sigma.device()).narrow(0, 0, 8).square().view({1, 8});
  return (s2 * v / (s2 + v)).mean(1);
}

}  // namespace voxprior
