#include "pipeline/likelihood/dormand_prince.h"

#include <torch/types.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr int kStages = 7;  // the last is the first of the next step
using Row = std::array<double, kStages>;

constexpr Row kNodes{0, 1. / 5, 3. / 10, 4. / 5, 8. / 9, 1, 1};
constexpr std::array<Row, kStages> kCoefficients{
    {{},
     {1. / 5},
     {3. / 40, 9. / 40},
     {44. / 45, -56. / 15, 32. / 9},
     {19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
     {9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
     {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84}}};  // the fifth-order result
constexpr Row kFourthOrder{5179. / 57600, 0, 7571. / 16695, 393. / 640, -92097. / 339200, 187. / 2100, 1. / 40};

constexpr double kSafety = 0.9, kSmallestChange = 0.2, kLargestChange = 5;  // of the step size, from step to step
constexpr double kFirstStep = 0.01, kShortestStep = 1e-9;                   // as shares of the whole way

/// y + h sum_k weights[k] slopes[k].
OdeState combined(const OdeState& y, double h, const Row& weights, const std::vector<OdeState>& slopes) {
  OdeState sum = y;
  for (std::size_t k = 0; k < slopes.size(); ++k)
    if (weights[k] != 0)
      for (std::size_t part = 0; part < y.size(); ++part) sum[part] = sum[part] + h * weights[k] * slopes[k][part];
  return sum;
}

/// The error of a step in units of the tolerance; infinite if the step is not finite.
double relative_error(const OdeState& y, const OdeState& next, double h, const std::vector<OdeState>& slopes,
                      const OdeTolerance& tolerance, std::size_t controlled) {
  double worst = 0;
  for (std::size_t part = 0; part < controlled; ++part) {
    torch::Tensor error = torch::zeros_like(y[part]);
    for (std::size_t k = 0; k < slopes.size(); ++k)
      error = error + h * (kCoefficients[kStages - 1][k] - kFourthOrder[k]) * slopes[k][part];
    const torch::Tensor scale =
        tolerance.absolute + tolerance.relative * torch::maximum(y[part].abs(), next[part].abs());
    const double norm = (error / scale).square().mean().sqrt().item().toDouble();
    worst = std::isfinite(norm) ? std::max(worst, norm) : INFINITY;
  }
  return worst;
}

}  // namespace

OdeSolution dormand_prince(const OdeSlope& slope, OdeState y, double from, double to, const OdeTolerance& tolerance,
                           std::size_t controlled, const Progress& progress) {
  TORCH_CHECK(tolerance.relative > 0 && tolerance.absolute > 0 && controlled >= 1 && controlled <= y.size(),
              "dormand_prince needs tolerances above 0 and 1 to ", y.size(), " controlled tensors");
  OdeSolution solution{std::move(y), 1, 0};
  const double way = to - from;
  double t = from, h = kFirstStep * way;
  OdeState first = slope(t, solution.y);
  while (t != to) {
    const bool last = std::abs(h) >= std::abs(to - t);
    if (last) h = to - t;
    std::vector<OdeState> slopes{first};
    OdeState next;
    for (std::size_t stage = 1; stage < kStages; ++stage) {
      next = combined(solution.y, h, kCoefficients[stage], slopes);
      slopes.push_back(slope(t + kNodes[stage] * h, next));
    }
    solution.evaluations += kStages - 1;

    const double error = relative_error(solution.y, next, h, slopes, tolerance, controlled);
    if (error <= 1) {
      t = last ? to : t + h;
      solution.y = next;
      first = slopes.back();
      if (progress) progress((t - from) / way);
    } else {
      ++solution.rejected;
    }
    h *= std::clamp(kSafety * std::pow(error, -0.2), kSmallestChange, kLargestChange);
    if (t != to && (std::abs(h) < kShortestStep * std::abs(way) || solution.evaluations > tolerance.max_evaluations))
      fail(ExitCode::model, "the ODE of the denoiser cannot be followed with tolerance ", tolerance.relative, " in ",
           tolerance.max_evaluations, " evaluations (stopped after ", solution.evaluations,
           "); allow a larger tolerance or a larger sigma_min");
  }
  return solution;
}

}  // namespace voxprior
