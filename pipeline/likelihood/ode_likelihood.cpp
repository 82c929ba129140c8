#include "pipeline/likelihood/ode_likelihood.h"

#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <vector>

#include "base/error.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr std::uint64_t kProbeStream = std::uint64_t{1} << 40;  // beyond the streams of sampling noise

/// Random signs in the shape of `like`, a function of (seed, probe) alone.
torch::Tensor random_signs(const torch::Tensor& like, std::uint64_t seed, int probe) {
  torch::Tensor noise = torch::empty(like.sizes(), torch::kFloat32);
  fill_gaussian(noise.data_ptr<float>(), static_cast<std::size_t>(noise.numel()), seed,
                kProbeStream + static_cast<std::uint64_t>(probe));
  return torch::where(noise < 0, -torch::ones_like(noise), torch::ones_like(noise)).to(like.options());
}

/// z (dD/dx)^T z for each probe z: estimates of the diagonal of dD/dx; and D itself.
struct DenoisedWithDiagonal {
  torch::Tensor clean;
  std::vector<torch::Tensor> diagonals;
};

DenoisedWithDiagonal denoise_with_diagonal(const Denoiser& denoise, const torch::Tensor& x, double sigma,
                                           const std::vector<torch::Tensor>& probes) {
  const torch::AutoGradMode with_gradient(true);
  const torch::Tensor input = x.detach().requires_grad_();
  const torch::Tensor clean = denoise(input, sigma);
  DenoisedWithDiagonal result{clean.detach(), {}};
  for (std::size_t k = 0; k < probes.size(); ++k) {
    torch::Tensor product;
    if (clean.requires_grad())
      product = torch::autograd::grad({clean}, {input}, {probes[k]}, k + 1 < probes.size(), false, true)[0];
    if (!product.defined())
      fail(ExitCode::model, "this denoiser passes no gradient to its input, so its likelihood cannot be computed");
    result.diagonals.push_back((probes[k] * product).detach());
  }
  return result;
}

void check(const torch::Tensor& volume, const OdeLikelihoodOptions& options) {
  TORCH_CHECK(volume.dim() >= 2 && volume.size(0) == 1, "ode_likelihood takes one volume [1,C,D,H,W], got ",
              volume.sizes());
  if (!(options.sigma_min > 0 && options.sigma_min < options.sigma_max && options.data_std >= 0 &&
        options.quantisation_width > 0 && options.probes >= 1))
    fail(ExitCode::usage, "no likelihood from sigma ", options.sigma_min, " to ", options.sigma_max, " with ",
         options.probes, " probes: needs 0 < sigma_min < sigma_max, one probe or more, a quantisation width above 0");
}

}  // namespace

OdeLikelihood ode_likelihood(const Denoiser& denoise, const torch::Tensor& volume, std::uint64_t seed,
                             const OdeLikelihoodOptions& options, const Progress& progress) {
  check(volume, options);
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> probes;
  for (int k = 0; k < options.probes; ++k) probes.push_back(random_signs(volume, seed, k));

  // The state: x, the integral of 1 - tr/voxels for each probe, and its map. The map is too noisy to steer the steps.
  OdeLikelihood result;
  const OdeSlope slope = [&](double log_sigma, const OdeState& y) -> OdeState {
    const DenoisedWithDiagonal d = denoise_with_diagonal(denoise, y[0], std::exp(log_sigma), probes);
    std::vector<torch::Tensor> means;
    torch::Tensor map = torch::zeros_like(y[0]);
    for (const torch::Tensor& diagonal : d.diagonals) {
      means.push_back(1 - diagonal.mean(torch::kDouble).cpu());
      map = map + (1 - diagonal) / options.probes;
    }
    return {y[0] - d.clean, torch::stack(means), map};
  };
  const OdeState start{volume.detach(), torch::zeros({options.probes}, torch::kDouble), torch::zeros_like(volume)};
  const OdeSolution end = dormand_prince(slope, start, std::log(options.sigma_min), std::log(options.sigma_max),
                                         options.tolerance, 2, progress);

  const double prior_variance = options.sigma_max * options.sigma_max + options.data_std * options.data_std;
  const torch::Tensor prior = -0.5 * (end.y[0].square() / prior_variance + std::log(2 * M_PI * prior_variance));
  const double prior_mean = prior.mean(torch::kDouble).item<double>(), level = std::log2(options.quantisation_width);
  const torch::Tensor bits = -(prior_mean + end.y[1]) / M_LN2 - level;  // one value a probe
  result.bits_per_voxel = bits.mean().item<double>();
  if (!std::isfinite(result.bits_per_voxel))
    fail(ExitCode::model, "the likelihood is not finite: the denoiser is unfit");
  result.standard_error = options.probes > 1 ? bits.std().item<double>() / std::sqrt(options.probes) : std::nan("");
  result.bits_map = (-(prior + end.y[2]) / M_LN2 - level).to(torch::kFloat32);
  result.latent = end.y[0];
  result.evaluations = end.evaluations;
  return result;
}

}  // namespace voxprior
