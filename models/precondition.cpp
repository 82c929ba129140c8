#include "models/precondition.h"

#include "pipeline/wavelet/haar.h"

namespace voxprior {
namespace {

// White noise of variance 1 has variance 1 - 1/27 after its 3x3x3 mean is taken away.
constexpr double kHighPassNoiseVariance = 1 - 1 / 27.;
constexpr std::int64_t kBands = 8;

// [N,from,D,H,W] -> [N from / to,to,D,H,W]: the Haar transform takes one channel, so channels become samples and back.
torch::Tensor regrouped(const torch::Tensor& x, std::int64_t to) {
  return x.size(1) == to ? x : x.reshape({-1, to, x.size(2), x.size(3), x.size(4)});
}

// Of the nine features of each channel the eight that are bands: [N,9C,D,H,W] -> [N,8C,D,H,W].
torch::Tensor bands_of(const torch::Tensor& features) {
  const std::int64_t each = HaarPreconditioner::kFeatures;
  return regrouped(regrouped(features, each).narrow(1, 0, kBands), features.size(1) / each * kBands);
}

}  // namespace

torch::Tensor haar_features(const torch::Tensor& x) {
  const torch::Tensor bands = haar_forward(regrouped(x, 1));
  const torch::Tensor low = bands.narrow(1, 0, 1);
  // Padded by hand: avg_pool3d refuses inputs smaller than its kernel, padding or not.
  const torch::Tensor mean = torch::avg_pool3d(torch::constant_pad_nd(low, {1, 1, 1, 1, 1, 1}), 3, 1);
  return regrouped(torch::cat({bands, low - mean}, 1), HaarPreconditioner::kFeatures * x.size(1));
}

HaarPreconditioner::HaarPreconditioner(torch::Tensor feature_std, LowBand low_band, double boundary,
                                       torch::Tensor noise_std, torch::Tensor mean)
    : feature_std_(std::move(feature_std)),
      low_band_(low_band),
      boundary_(boundary),
      noise_std_(std::move(noise_std)),
      mean_(std::move(mean)) {
  TORCH_CHECK(feature_std_.numel() > 0 && feature_std_.numel() % kFeatures == 0, "HaarPreconditioner needs ", kFeatures,
              " standard deviations a channel");
  TORCH_CHECK(!noise_std_.defined() || (noise_std_.numel() == feature_std_.numel() && low_band_ == LowBand::noisy),
              "HaarPreconditioner needs as many standard deviations of what is to be removed as of clean data");
}

// [9C]: variance that what is to be removed has in each feature at level 1.
torch::Tensor HaarPreconditioner::noise_share(const torch::Tensor& like) const {
  if (noise_std_.defined()) return noise_std_.to(like.device()).square();
  torch::Tensor share = torch::ones({kFeatures}, like.options());
  const bool given = low_band_ == LowBand::given;
  share[0] = given ? 0. : 1.;
  share[kFeatures - 1] = given ? 0. : kHighPassNoiseVariance;
  return share.repeat({feature_std_.numel() / kFeatures});
}

torch::Tensor HaarPreconditioner::denoise(Unet& network, const torch::Tensor& x, const torch::Tensor& sigma,
                                          torch::ScalarType body_type, const torch::Tensor& extra_features,
                                          const Condition& condition) const {
  if (!mean_.defined()) return denoise_centred(network, x, sigma, body_type, extra_features, condition);
  TORCH_CHECK(x.sizes().slice(1) == mean_.sizes(),
              "a network with a mean volume works on volumes of its size alone: ", mean_.sizes(), ", not ",
              x.sizes().slice(1));
  const torch::Tensor mean = mean_.to(x.device());
  return mean + denoise_centred(network, x - mean, sigma, body_type, extra_features, condition);
}

torch::Tensor HaarPreconditioner::denoise_centred(Unet& network, const torch::Tensor& x, const torch::Tensor& sigma,
                                                  torch::ScalarType body_type, const torch::Tensor& extra_features,
                                                  const Condition& condition) const {
  const torch::Tensor variance = feature_std_.to(x.device()).square().view({1, -1, 1, 1, 1});
  const torch::Tensor share = noise_share(variance).view({1, -1, 1, 1, 1});
  const torch::Tensor s2 = sigma.square().view({-1, 1, 1, 1, 1}) * share;                // [N,9C,1,1,1]
  const torch::Tensor m2 = (sigma - boundary_).square().view({-1, 1, 1, 1, 1}) * share;  // of what is to be removed

  const torch::Tensor features = haar_features(x);
  torch::Tensor input = features * (s2 + variance).rsqrt();
  if (extra_features.defined()) input = torch::cat({input, extra_features}, 1);
  const torch::Tensor f = network->forward(input, sigma.log() / 4, body_type, condition);

  const torch::Tensor bands = bands_of(features), v = bands_of(variance), n = bands_of(s2), m = bands_of(m2);
  const torch::Tensor clean = bands * (v / (m + v)) + f * (m * v / (n + v)).sqrt();
  return regrouped(haar_inverse(regrouped(clean, kBands)), x.size(1));
}

torch::Tensor HaarPreconditioner::band_variance() const {
  TORCH_CHECK(feature_std_.numel() == kFeatures, "the variance of bands is that of one channel");
  torch::Tensor variance = feature_std_.to(torch::kCPU, torch::kDouble).narrow(0, 0, kBands).square();
  if (low_band_ == LowBand::given) variance[0] = 0.;
  return variance;
}

torch::Tensor HaarPreconditioner::wiener_risk(const torch::Tensor& sigma) const {
  const torch::Tensor variance = feature_std_.to(sigma.device()).square();
  const torch::Tensor v = bands_of(variance.view({1, -1, 1, 1, 1}));
  const torch::Tensor share = bands_of(noise_share(variance).view({1, -1, 1, 1, 1}));
  const torch::Tensor n = sigma.square().view({-1, 1, 1, 1, 1}) * share;
  const torch::Tensor m = (sigma - boundary_).square().view({-1, 1, 1, 1, 1}) * share;
  return (m * v / (n + v)).mean({1, 2, 3, 4});
}

}  // namespace voxprior
