#include "pipeline/reconstruction/view_weights.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "base/error.h"

namespace voxprior {
namespace {

const double kPi = std::acos(-1.0);
constexpr double kGapSteps = 3;  // a gap this many times the usual step is one that the scan left

/// Views in the order of their angles on a circle, and the gap after each.
struct Circle {
  Circle(const std::vector<double>& angles_rad, double period)
      : angle(angles_rad), order(angles_rad.size()), gap(order.size()) {
    for (double& a : angle) {
      a = std::fmod(a, period);
      if (a < 0) a += period;
      if (period - a < 1e-9) a = 0;  // a full turn is no turn
    }
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return angle[a] < angle[b]; });
    for (std::size_t i = 0; i < order.size(); ++i)
      gap[i] =
          i + 1 < order.size() ? angle[order[i + 1]] - angle[order[i]] : angle[order[0]] + period - angle[order[i]];
    std::vector<double> steps;  // between views at different angles
    for (const double g : gap)
      if (g > 1e-9) steps.push_back(g);
    std::nth_element(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2), steps.end());
    step = steps[steps.size() / 2];
  }
  bool is_missing(std::size_t i) const { return gap[i] > kGapSteps * step; }

  std::vector<double> angle;       // of each view, in [0, period)
  std::vector<std::size_t> order;  // views by angle
  std::vector<double> gap;         // after order[i]
  double step;                     // the usual one
};

double fan_angle_rad(const CtGeometry& g, double column) {
  const double u = g.column_mm(column);
  return g.detector_shape == CtDetectorShape::flat ? std::atan2(u, g.source_to_detector_mm)
                                                   : u / g.source_to_detector_mm;
}

/// `turned` is how far the source has gone since the start of an arc of pi + 2 * spare.
double parker_weight(double turned, double fan_angle, double spare) {
  const auto squared_sine = [](double a) { return std::sin(a) * std::sin(a); };
  if (turned < 2 * (spare + fan_angle)) return squared_sine(kPi / 4 * turned / (spare + fan_angle));
  if (turned > kPi + 2 * fan_angle) return squared_sine(kPi / 4 * (kPi + 2 * spare - turned) / (spare - fan_angle));
  return 1;
}

}  // namespace

std::vector<double> view_weights_rad(const std::vector<double>& angles_rad, double period_rad) {
  const Circle circle(angles_rad, period_rad);
  std::vector<double> weights(angles_rad.size(), 0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double half = (circle.is_missing(i) ? circle.step : circle.gap[i]) / 2;
    weights[circle.order[i]] += half;
    weights[circle.order[(i + 1) % weights.size()]] += half;
  }
  // Views at one angle: an equal share for each.
  for (std::size_t i = 0; i < weights.size();) {
    std::size_t end = i + 1;
    double sum = weights[circle.order[i]];
    while (end < weights.size() && circle.gap[end - 1] <= 1e-9) sum += weights[circle.order[end++]];
    for (std::size_t k = i; k < end; ++k) weights[circle.order[k]] = sum / static_cast<double>(end - i);
    i = end;
  }
  return weights;
}

std::vector<std::vector<double>> redundancy_weights(const CtGeometry& g) {
  const auto columns = static_cast<std::size_t>(g.detector_columns);
  std::vector<std::vector<double>> weights(g.angles_rad.size(), std::vector<double>(columns, 0.5));
  const Circle circle(g.angles_rad, 2 * kPi);
  const auto largest =
      static_cast<std::size_t>(std::max_element(circle.gap.begin(), circle.gap.end()) - circle.gap.begin());
  if (!circle.is_missing(largest)) return weights;

  const double arc = 2 * kPi - circle.gap[largest], spare = (arc - kPi) / 2;
  const double fan =
      std::max(std::abs(fan_angle_rad(g, 0)), std::abs(fan_angle_rad(g, static_cast<double>(columns - 1))));
  const double slack = circle.step;  // an arc of 180 degrees and the fan may be short of its last view
  if (spare + slack < fan)
    fail(ExitCode::input, "the views cover an arc of ", arc * 180 / kPi,
         " degrees; filtered back-projection of a fan of ", 2 * fan * 180 / kPi, " degrees needs ",
         180 + 2 * fan * 180 / kPi, " degrees; use an iterative method");

  const double start = circle.angle[circle.order[(largest + 1) % circle.order.size()]];
  for (std::size_t v = 0; v < weights.size(); ++v) {
    const double turned = std::fmod(circle.angle[v] - start + 2 * kPi, 2 * kPi);
    for (std::size_t u = 0; u < columns; ++u)
      weights[v][u] = parker_weight(turned, std::clamp(fan_angle_rad(g, static_cast<double>(u)), -spare, spare), spare);
  }
  return weights;
}

}  // namespace voxprior
