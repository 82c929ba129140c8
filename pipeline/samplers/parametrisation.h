#pragma once

#include <torch/types.h>

#include <functional>

#include "pipeline/core/denoiser.h"

namespace voxprior {

/// What a diffusion network was trained to predict. With x = x0 + sigma n:
enum class Prediction {
  eps,  ///< the noise n. Ho et al. 2020, arXiv:2006.11239, equation 12
  x0,   ///< the clean volume
  v,  ///< (n - sigma x0) / sqrt(1 + sigma^2) = alpha n - sigma_vp x0. Salimans and Ho 2022, arXiv:2202.00512, section 4
  edm_f,  ///< (x0 - c_skip x) / c_out. Karras et al. 2022, arXiv:2206.00364, equation 7 and Table 1. For sigma_data 1
          ///< it is -v
};

/// x0 from a prediction at noise level sigma > 0. All tensors have the shape of x; only edm_f looks at `sigma_data`.
torch::Tensor clean_from(Prediction kind, const torch::Tensor& prediction, const torch::Tensor& x, double sigma,
                         double sigma_data = 1);

/// The prediction that says x0 = `clean`: the inverse of clean_from.
torch::Tensor prediction_from(Prediction kind, const torch::Tensor& clean, const torch::Tensor& x, double sigma,
                              double sigma_data = 1);

/// A network of a variance-preserving model: takes x_vp = alpha x0 + sqrt(1 - alpha^2) n, and the sigma that it
/// stands for, sigma = sqrt(1 - alpha^2) / alpha (time_step() in pipeline/samplers/vp_levels.h turns it into a step).
using VpNetwork = std::function<torch::Tensor(const torch::Tensor& x_vp, double sigma)>;

/// The Denoiser of a variance-preserving network of any parametrisation: x_vp = x / sqrt(1 + sigma^2).
Denoiser denoiser_from_vp(VpNetwork network, Prediction kind);

/// A network F(c_in x, c_noise) of EDM: c_in = 1 / sqrt(sigma^2 + sigma_data^2), c_noise = ln(sigma) / 4.
using EdmNetwork = std::function<torch::Tensor(const torch::Tensor& scaled, double c_noise)>;

/// The Denoiser of it: Karras et al. 2022, equation 7 and Table 1.
Denoiser denoiser_from_edm(EdmNetwork network, double sigma_data);

}  // namespace voxprior
