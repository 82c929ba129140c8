#pragma once

#include <torch/types.h>

#include "models/condition.h"
#include "models/kind.h"
#include "models/network/unet.h"

namespace voxprior {

/// Whether the LLL band of the input is noisy like the rest, or clean and given: then the network makes the seven
/// detail bands that belong to it (one octave of a wavelet cascade, Guth et al. 2022, arXiv:2208.05003).
enum class LowBand { noisy, given };
inline LowBand low_band_of(ModelKind kind) { return kind == ModelKind::detail ? LowBand::given : LowBand::noisy; }

/// EDM preconditioning (Karras et al. 2022, Table 1) applied in Haar space with one data std for each band b of each
/// channel (a volume has one, a latent several):
///
///   D_b = c_skip x_b + c_out F_b(features, ln(sigma)/4),   c_skip = sd^2/(sigma^2+sd^2),
///   c_out = sigma sd / sqrt(sigma^2+sd^2),                 c_in = 1/sqrt(sigma^2+sd^2)
///
/// A consistency function, which at the lowest noise level `boundary` must return its input, has sigma - boundary for
/// sigma in c_skip and in the numerator of c_out (Song et al. 2023, arXiv:2303.01469, appendix C); with boundary 0 it
/// is a denoiser.
///
/// With a mean volume m, D acts on what differs from it: m + D(x - m). Where all volumes lie in one place, as aligned
/// brains do, the network need not learn what they share.
///
/// Of a bridge (pipeline/bridge/) x is x0 + sigma (y - x0): sigma is the share of the scan y, and what is to be removed
/// is no white noise but has, at share 1, the root mean square `noise_std` in each band.
///
/// With F = 0 (an untrained network) D is the band-wise Wiener filter. The features are c_in x_b for the eight bands
/// and a ninth: the LLL band less its 3x3x3 mean, scaled likewise. In c_in x_LLL the noise is a ripple of sigma/sd (a
/// twentieth at sigma 0.09) on a smooth image; the ninth feature shows it at full size.
class HaarPreconditioner {
 public:
  static constexpr std::int64_t kFeatures = 9;

  /// feature_std [9C] float32, all > 0: of each channel the root mean square of the eight bands and of the high-passed
  /// LLL band over clean data. With LowBand::given the noise of the LLL band is zero: it goes out as it came in.
  /// noise_std [9C] float32, all > 0: the same of what is to be removed, at level 1; undefined for white noise.
  /// mean [C,D,H,W] float32: of clean volumes, from which feature_std is measured; x has its size. Undefined for none.
  explicit HaarPreconditioner(torch::Tensor feature_std, LowBand low_band = LowBand::noisy, double boundary = 0,
                              torch::Tensor noise_std = {}, torch::Tensor mean = {});

  /// x [N,C,D,H,W] float32, axes even; sigma [N] float32 > 0, in the unit of x. Returns the estimate of the clean
  /// volume. extra_features [N,extra,D/2,H/2,W/2] float32, as many as the network has; undefined for none.
  torch::Tensor denoise(Unet& network, const torch::Tensor& x, const torch::Tensor& sigma,
                        torch::ScalarType body_type = torch::kFloat32, const torch::Tensor& extra_features = {},
                        const Condition& condition = {}) const;

  /// Mean of c_out^2 over the bands at each sigma [N], the scale of the training loss. Of a denoiser it is the mean
  /// squared error per voxel of the band-wise Wiener filter.
  torch::Tensor wiener_risk(const torch::Tensor& sigma) const;

  /// Variance of clean data of one channel in each of the eight bands, float64 on the CPU; 0 for one that is given.
  torch::Tensor band_variance() const;

  const torch::Tensor& feature_std() const { return feature_std_; }
  LowBand low_band() const { return low_band_; }
  double boundary() const { return boundary_; }
  const torch::Tensor& noise_std() const { return noise_std_; }
  const torch::Tensor& mean() const { return mean_; }

 private:
  torch::Tensor noise_share(const torch::Tensor& like) const;
  torch::Tensor denoise_centred(Unet& network, const torch::Tensor& x, const torch::Tensor& sigma,
                                torch::ScalarType body_type, const torch::Tensor& extra_features,
                                const Condition& condition) const;

  torch::Tensor feature_std_;
  LowBand low_band_;
  double boundary_;
  torch::Tensor noise_std_, mean_;
};

/// The nine features of each channel of a clean or noisy volume before scaling: [N,C,D,H,W] -> [N,9C,D/2,H/2,W/2].
torch::Tensor haar_features(const torch::Tensor& x);

}  // namespace voxprior
