#include "pipeline/samplers/vp_levels.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.h"

namespace voxprior {

std::vector<double> linear_betas(int steps, double first, double last) {
  std::vector<double> betas;
  for (int t = 0; t < steps; ++t) betas.push_back(steps == 1 ? first : first + t * (last - first) / (steps - 1));
  return betas;
}

std::vector<double> cosine_betas(int steps, double offset, double largest) {
  const auto alpha_bar = [&](int t) {
    const double root = std::cos((static_cast<double>(t) / steps + offset) / (1 + offset) * M_PI / 2);
    return root * root;
  };
  std::vector<double> betas;
  for (int t = 0; t < steps; ++t) betas.push_back(std::min(1 - alpha_bar(t + 1) / alpha_bar(t), largest));
  return betas;
}

std::vector<double> sigmas_from_betas(const std::vector<double>& betas) {
  std::vector<double> levels{0};
  double log_alpha_bar = 0;  // in logarithms: near 0 noise, 1 - alpha_bar would cancel
  for (const double beta : betas) {
    if (!(beta > 0 && beta < 1)) fail(ExitCode::usage, "beta ", beta, " is no noise schedule: needs 0 < beta < 1");
    log_alpha_bar += std::log1p(-beta);
    levels.push_back(std::sqrt(std::expm1(-log_alpha_bar)));
  }
  std::reverse(levels.begin(), levels.end());
  return levels;
}

std::vector<double> respaced(const std::vector<double>& levels, int steps) {
  const int available = static_cast<int>(levels.size()) - 1;
  if (!(steps >= 1 && steps <= available))
    fail(ExitCode::usage, "cannot keep ", steps, " of ", available, " noise levels: needs 1 to ", available);
  std::vector<double> kept;
  for (int i = 0; i < steps; ++i) {
    const double index = steps == 1 ? 0 : static_cast<double>(i) * (available - 1) / (steps - 1);
    kept.push_back(levels[static_cast<std::size_t>(std::lround(index))]);
  }
  kept.push_back(levels.back());
  return kept;
}

double time_step(const std::vector<double>& levels, double sigma) {
  if (levels.size() < 2 || !(sigma > 0)) fail(ExitCode::usage, "no time step has noise level ", sigma);
  const auto last = levels.end() - 2;  // step 0: the level before the final 0
  if (sigma >= levels.front()) return static_cast<double>(levels.size() - 2);
  if (sigma <= *last) return 0;
  const auto below = std::lower_bound(levels.begin(), last, sigma, std::greater<>());  // first level <= sigma
  const double share = std::log(sigma / *below) / std::log(*(below - 1) / *below);
  return static_cast<double>(last - below) + share;
}

}  // namespace voxprior
