#include "pipeline/samplers/parametrisation.h"

#include <c10/util/Exception.h>
#include <torch/types.h>

#include <cmath>

namespace voxprior {
namespace {

/// Each prediction p and x0 are related by x0 = skip x + out p.
struct Coefficients {
  double skip, out;
};

Coefficients coefficients(Prediction kind, double sigma, double sigma_data) {
  TORCH_CHECK(sigma > 0 && std::isfinite(sigma), "parametrisations agree at sigma above 0 only, not at ", sigma);
  switch (kind) {
    case Prediction::eps:
      return {1, -sigma};
    case Prediction::x0:
      return {0, 1};
    case Prediction::v:
      return {1 / (1 + sigma * sigma), -sigma / std::hypot(1, sigma)};
    case Prediction::edm_f: {
      const double norm = std::hypot(sigma, sigma_data), skip = sigma_data / norm;
      return {skip * skip, sigma * skip};
    }
  }
  TORCH_CHECK(false, "unknown prediction");
}

}  // namespace

torch::Tensor clean_from(Prediction kind, const torch::Tensor& prediction, const torch::Tensor& x, double sigma,
                         double sigma_data) {
  const Coefficients c = coefficients(kind, sigma, sigma_data);
  return c.skip * x + c.out * prediction;
}

torch::Tensor prediction_from(Prediction kind, const torch::Tensor& clean, const torch::Tensor& x, double sigma,
                              double sigma_data) {
  const Coefficients c = coefficients(kind, sigma, sigma_data);
  return (clean - c.skip * x) / c.out;
}

Denoiser denoiser_from_vp(VpNetwork network, Prediction kind) {
  return [network = std::move(network), kind](const torch::Tensor& x, double sigma) {
    return clean_from(kind, network(x / std::hypot(1, sigma), sigma), x, sigma);
  };
}

Denoiser denoiser_from_edm(EdmNetwork network, double sigma_data) {
  return [network = std::move(network), sigma_data](const torch::Tensor& x, double sigma) {
    const torch::Tensor f = network(x / std::hypot(sigma, sigma_data), std::log(sigma) / 4);
    return clean_from(Prediction::edm_f, f, x, sigma, sigma_data);
  };
}

}  // namespace voxprior
