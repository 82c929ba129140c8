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

HaarPreconditioner::HaarPreconditioner(torch::Tensor feature_std, LowBand low_band)
    : feature_std_(std::move(feature_std)), low_band_(low_band) {
  TORCH_CHECK(feature_std_.numel() == kFeatures, "HaarPreconditioner needs ", kFeatures, " standard deviations");
}

// [9]: variance that unit white noise on the noisy bands has in each feature.
torch::Tensor HaarPreconditioner::noise_share(const torch::Tensor& like) const {
  torch::Tensor share = torch::ones({kFeatures}, like.options());
  const bool given = low_band_ == LowBand::given;
  share[0] = given ? 0. : 1.;
  share[kFeatures - 1] = given ? 0. : kHighPassNoiseVariance;
  return share;
}

torch::Tensor HaarPreconditioner::denoise(Unet& network, const torch::Tensor& x, const torch::Tensor& sigma,
                                          torch::ScalarType body_type, const Condition& condition) const {
  const torch::Tensor variance = feature_std_.to(x.device()).square().view({1, kFeatures, 1, 1, 1});
  const torch::Tensor s2 =
      sigma.square().view({-1, 1, 1, 1, 1}) * noise_share(variance).view({1, kFeatures, 1, 1, 1});  // [N,9,1,1,1]

  const torch::Tensor features = haar_features(x);
  torch::Tensor input = features * (s2 + variance).rsqrt();
  if (condition.features.defined()) input = torch::cat({input, condition.features}, 1);
  const torch::Tensor f = network->forward(input, sigma.log() / 4, body_type, condition.classes);

  const torch::Tensor bands = features.narrow(1, 0, 8), v = variance.narrow(1, 0, 8), n = s2.narrow(1, 0, 8);
  return haar_inverse(bands * (v / (n + v)) + f * (n * v / (n + v)).sqrt());
}

torch::Tensor HaarPreconditioner::wiener_risk(const torch::Tensor& sigma) const {
  const torch::Tensor v = feature_std_.to(sigma.device()).narrow(0, 0, 8).square().view({1, 8});
  const torch::Tensor s2 = sigma.square().view({-1, 1}) * noise_share(v).narrow(0, 0, 8).view({1, 8});
  return (s2 * v / (s2 + v)).mean(1);
}

}  // namespace voxprior
