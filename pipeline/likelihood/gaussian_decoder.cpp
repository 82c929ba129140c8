#include "pipeline/likelihood/gaussian_decoder.h"

#include <torch/special.h>
#include <torch/types.h>

#include <cmath>

namespace voxprior {

torch::Tensor gaussian_log_density(const torch::Tensor& x, const torch::Tensor& mean, double std) {
  TORCH_CHECK(std > 0, "a Gaussian decoder needs a standard deviation above 0, not ", std);
  return -0.5 * ((x - mean).to(torch::kDouble) / std).square() - std::log(std) - 0.5 * std::log(2 * M_PI);
}

torch::Tensor discretised_gaussian_log_probability(const torch::Tensor& x, const torch::Tensor& mean, double std,
                                                   double width) {
  TORCH_CHECK(std > 0 && width > 0, "a discretised Gaussian needs a standard deviation and a width above 0");
  // By symmetry the interval is put below the mean, where ln Phi is accurate and never -infinity.
  const torch::Tensor centre = -(x - mean).to(torch::kDouble).abs() / std;
  const double half = 0.5 * width / std;
  const torch::Tensor upper = torch::special::log_ndtr(centre + half), lower = torch::special::log_ndtr(centre - half);
  return upper + torch::log(-torch::expm1(lower - upper));  // ln(Phi(upper) - Phi(lower))
}

}  // namespace voxprior
