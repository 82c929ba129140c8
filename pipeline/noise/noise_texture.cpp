#include "pipeline/noise/noise_texture.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace voxprior {
namespace {

const double kPi = std::acos(-1.0);
constexpr std::int64_t kLongWindow = 32, kShortWindow = 16;
constexpr std::size_t kFewWindows = 30, kManyWindows = 100000, kQuietShare = 4;  // windows seen at all; 1 in 4 is used
// The energies of windows of noise are alike; those of anatomy are not: a twentieth of the median and less is common,
// and the upper tenth is several times the median. Measured: noise 0.44 and 1.8, a clean brain 0.35 and 3.2.
constexpr double kLeastLow = 0.4, kGreatestHigh = 2.4;
constexpr double kLeastFrequency = 0.08;  // below it, anatomy
constexpr double kLeastGain = 0.7;        // misfit of white noise over that of the best filter, in logarithms
constexpr double kNearlyAll = 0.9;        // of the variance passes: white for every purpose
constexpr int kFineness = 200;            // points of the integrals over frequency

/// Second difference at p along an axis, such that white noise keeps its variance.
float second_difference(const float* p, std::int64_t step) { return (2 * p[0] - p[-step] - p[step]) / 2.449489743f; }

/// |H(f)|^2 of it.
double second_difference_power(double f) { return std::pow(2 - 2 * std::cos(2 * kPi * f), 2) / 6; }

/// Windows along an axis: what they hold after the differences across, and how much they change.
struct Window {
  double change = 0;  ///< of the means of four voxels along the window
  std::vector<float> values;
};

struct Axes {
  std::int64_t length, step;                   ///< along
  std::array<std::int64_t, 2> lengths, steps;  ///< across
};

Axes axes_of(const std::array<std::int64_t, 3>& size, int axis) {
  const std::array<std::int64_t, 3> steps{1, size[0], size[0] * size[1]};
  const auto along = static_cast<std::size_t>(axis), a = static_cast<std::size_t>((axis + 1) % 3),
             b = static_cast<std::size_t>((axis + 2) % 3);
  return {size[along], steps[along], {size[a], size[b]}, {steps[a], steps[b]}};
}

bool inside_object(const float* line, std::int64_t step, std::int64_t count, float threshold) {
  for (std::int64_t n = 0; n < count; ++n)
    if (line[n * step] <= threshold) return false;
  return true;
}

double change_along(const float* line, std::int64_t step, std::int64_t count) {
  double change = 0, last = 0;
  for (std::int64_t n = 0; n < count; n += 4) {
    double mean = 0;
    for (std::int64_t m = n; m < n + 4; ++m) mean += line[m * step] / 4.0;
    if (n > 0) change += (mean - last) * (mean - last);
    last = mean;
  }
  return change;
}

/// The windows of all lines along an axis, thinned out to about kManyWindows; the quarter of them that change least.
std::vector<Window> quiet_windows(const float* voxels, const Axes& axes, std::int64_t count, float threshold) {
  const auto lines = static_cast<std::size_t>(axes.lengths[0] * axes.lengths[1]);
  const std::size_t all = lines * static_cast<std::size_t>(2 * axes.length / count);
  const std::int64_t stride =
      1 + static_cast<std::int64_t>(std::sqrt(static_cast<double>(all) / static_cast<double>(kManyWindows)));
  std::vector<Window> windows;
  for (std::int64_t b = 1; b + 1 < axes.lengths[1]; b += stride)
    for (std::int64_t a = 1; a + 1 < axes.lengths[0]; a += stride)
      for (std::int64_t first = 0; first + count <= axes.length; first += count / 2) {
        const float* const line = voxels + a * axes.steps[0] + b * axes.steps[1] + first * axes.step;
        bool inside = true;
        for (const std::int64_t da : {-axes.steps[0], std::int64_t{0}, axes.steps[0]})
          for (const std::int64_t db : {-axes.steps[1], std::int64_t{0}, axes.steps[1]})
            inside = inside && inside_object(line + da + db, axes.step, count, threshold);
        if (!inside) continue;
        Window window{change_along(line, axes.step, count), {}};
        for (std::int64_t n = 0; n < count; ++n) {
          const float* const p = line + n * axes.step;
          const float before = second_difference(p - axes.steps[1], axes.steps[0]);
          const float here = second_difference(p, axes.steps[0]);
          const float after = second_difference(p + axes.steps[1], axes.steps[0]);
          window.values.push_back((2 * here - before - after) / 2.449489743f);
        }
        windows.push_back(std::move(window));
      }
  std::sort(windows.begin(), windows.end(), [](const Window& x, const Window& y) { return x.change < y.change; });
  windows.resize(windows.size() / kQuietShare);
  return windows;
}

/// sqrt(8/3) sin^2: the Hann taper that keeps the variance of white noise.
std::vector<double> hann_taper(std::int64_t count) {
  std::vector<double> taper;
  for (std::int64_t n = 0; n < count; ++n)
    taper.push_back(std::sqrt(8. / 3) *
                    std::pow(std::sin(kPi * (static_cast<double>(n) + 0.5) / static_cast<double>(count)), 2));
  return taper;
}

/// One axis: power at the frequencies b / count, b = 0 .. count / 2. White noise of variance 1 has power 1.
struct AxisSpectrum {
  std::int64_t count = 0;  ///< voxels in a window; 0: no noise could be measured
  std::vector<double> power;
};

bool alike(const std::vector<Window>& windows) {
  std::vector<double> energies;
  for (const Window& window : windows) {
    energies.push_back(0);
    for (const float value : window.values) energies.back() += static_cast<double>(value) * value;
  }
  std::sort(energies.begin(), energies.end());
  const double median = energies[energies.size() / 2];
  return energies[energies.size() / 20] > kLeastLow * median &&
         energies[energies.size() * 9 / 10] < kGreatestHigh * median;
}

AxisSpectrum spectrum_along(const float* voxels, const std::array<std::int64_t, 3>& size, int axis, double threshold) {
  const Axes axes = axes_of(size, axis);
  if (axes.lengths[0] < 3 || axes.lengths[1] < 3) return {};
  for (const std::int64_t count : {kLongWindow, kShortWindow}) {
    if (axes.length < count) continue;
    const std::vector<Window> windows = quiet_windows(voxels, axes, count, static_cast<float>(threshold));
    if (windows.size() < kFewWindows) continue;
    if (!alike(windows)) return {};
    const std::vector<double> taper = hann_taper(count);
    AxisSpectrum spectrum{count, {}};
    for (std::int64_t b = 0; b <= count / 2; ++b) {
      std::vector<double> powers;
      for (const Window& window : windows) {
        double re = 0, im = 0;
        for (std::int64_t n = 0; n < count; ++n) {
          const double angle = 2 * kPi * static_cast<double>(b * n % count) / static_cast<double>(count);
          const double x = taper[static_cast<std::size_t>(n)] * window.values[static_cast<std::size_t>(n)];
          re += x * std::cos(angle), im += x * std::sin(angle);
        }
        powers.push_back((re * re + im * im) / static_cast<double>(count));
      }
      const auto middle = powers.begin() + static_cast<std::ptrdiff_t>(powers.size() / 2);
      std::nth_element(powers.begin(), middle, powers.end());
      // The median of an exponential variable is ln 2 of its mean; at f = 1/2 the power is chi-squared of one degree.
      spectrum.power.push_back(*middle / (b == count / 2 || b == 0 ? 0.4549 : std::log(2.)));
    }
    return spectrum;
  }
  return {};
}

/// W^2 along an axis as windows under the taper show it: averaged over the taper's own spectrum.
std::vector<double> expected_power(double kept, double taper, std::int64_t count) {
  KspaceFilter filter;
  filter.kept[0] = kept;
  filter.taper[0] = taper;
  const double width = 1. / static_cast<double>(count);
  std::vector<double> expected;
  for (std::int64_t b = 0; b <= count / 2; ++b) {
    double sum = 0, weight = 0;
    for (int step = -16; step <= 16; ++step) {  // over two bins on either side, in which all of the taper's power lies
      const double offset = step / 8.;
      // The Hann taper's spectrum: sinc(x) / (1 - x^2), x in bins.
      const double sinc = offset == 0 ? 1 : std::sin(kPi * offset) / (kPi * offset);
      const double share = std::abs(std::abs(offset) - 1) < 1e-9 ? 0.25 : std::pow(sinc / (1 - offset * offset), 2);
      double f = std::abs((static_cast<double>(b) + offset) * width);
      if (f > 0.5) f = 1 - f;
      sum += share * std::pow(weight_along(filter, 0, f), 2);
      weight += share;
    }
    expected.push_back(sum / weight);
  }
  return expected;
}

struct Fit {
  double a = 0, misfit = 0;  ///< misfit: mean square of the relative deviations
};

/// Least squares of P = A m + B + C / f^2 with relative weights and no negative part: terms that would be negative are
/// left out, the noise itself never.
Fit fit_power(const AxisSpectrum& spectrum, const std::vector<double>& m) {
  std::vector<std::array<double, 3>> rows;  // divided by P
  for (std::size_t b = 0; b < spectrum.power.size(); ++b) {
    const double f = static_cast<double>(b) / static_cast<double>(spectrum.count), p = spectrum.power[b];
    if (f < kLeastFrequency) continue;
    if (p <= 0) return {};
    rows.push_back({m[b] / p, 1 / p, 0.01 / (f * f) / p});
  }
  Fit best{0, 1e30};
  for (int terms = 0; terms < 4; ++terms) {  // subsets of B and C beside A
    std::vector<std::size_t> used{0};
    if (terms & 1) used.push_back(1);
    if (terms & 2) used.push_back(2);
    const std::size_t n = used.size();
    std::array<std::array<double, 4>, 3> system{};
    for (const auto& row : rows)
      for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t c = 0; c < n; ++c) system[r][c] += row[used[r]] * row[used[c]];
        system[r][3] += row[used[r]];
      }
    std::array<double, 3> x{};
    bool fits = true;
    for (std::size_t c = 0; c < n && fits; ++c) {
      fits = std::abs(system[c][c]) > 1e-12;
      for (std::size_t r = 0; r < n && fits; ++r) {
        if (r == c) continue;
        const double factor = system[r][c] / system[c][c];
        for (std::size_t e = c; e < 4; ++e)
          if (e < n || e == 3) system[r][e] -= factor * system[c][e];
      }
    }
    for (std::size_t c = 0; c < n && fits; ++c) {
      x[c] = system[c][3] / system[c][c];
      fits = x[c] > 0;
    }
    if (!fits) continue;
    double misfit = 0;
    for (const auto& row : rows) {
      double value = 0;
      for (std::size_t c = 0; c < n; ++c) value += x[c] * row[used[c]];
      misfit += (value - 1) * (value - 1) / static_cast<double>(rows.size());
    }
    if (misfit < best.misfit) best = {x[0], misfit};
  }
  return best;
}

struct AxisFilter {
  double kept = 1, taper = 0;
  Fit fit;
};

/// The filter that fits best; none unless that makes the misfit clearly smaller than white noise does.
AxisFilter best_filter(const AxisSpectrum& spectrum) {
  const Fit white = fit_power(spectrum, expected_power(1, 0, spectrum.count));
  AxisFilter best{1, 0, white};
  for (int k = 30; k <= 100; k += 2)
    for (const double taper : {0., 0.1, 0.2, 0.3, 0.4, KspaceFilter::kHamming, KspaceFilter::kHann}) {
      const Fit fit = fit_power(spectrum, expected_power(k / 100., taper, spectrum.count));
      if (fit.a > 0 && fit.misfit < best.fit.misfit) best = {k / 100., taper, fit};
    }
  if (white.a > 0 && white.misfit < 1e29 && std::log(white.misfit / best.fit.misfit) < kLeastGain) return {1, 0, white};
  return best;
}

/// Mean over frequency of W^2 along an axis, and of W^2 |H|^2 of the second difference.
struct Gains {
  double all = 0, differences = 0;
};
Gains gains_of(const KspaceFilter& filter, int axis) {
  Gains gains;
  for (int n = 0; n < kFineness; ++n) {
    const double f = (n + 0.5) / kFineness - 0.5, w2 = std::pow(weight_along(filter, axis, f), 2);
    gains.all += w2 / kFineness;
    gains.differences += w2 * second_difference_power(f) / kFineness;
  }
  return gains;
}

}  // namespace

NoiseTexture noise_texture(const float* voxels, const std::array<std::int64_t, 3>& size, double threshold) {
  NoiseTexture texture;
  std::array<AxisFilter, 3> filters;
  double misfit = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const AxisSpectrum spectrum = spectrum_along(voxels, size, axis, threshold);
    if (spectrum.count == 0) return {};
    const auto at = static_cast<std::size_t>(axis);
    filters[at] = best_filter(spectrum);
    if (!(filters[at].fit.a > 0) || filters[at].fit.misfit > 1e29) return {};
    texture.filter.kept[at] = filters[at].kept;
    texture.filter.taper[at] = filters[at].taper;
    misfit += filters[at].fit.misfit / 3;
  }
  if (noise_gain(texture.filter, {kFineness, kFineness, kFineness}) > kNearlyAll) texture.filter = {};
  std::array<Gains, 3> gains;
  for (int axis = 0; axis < 3; ++axis) gains[static_cast<std::size_t>(axis)] = gains_of(texture.filter, axis);
  double log_variance = 0;  // geometric mean of what the three axes say
  for (std::size_t axis = 0; axis < 3; ++axis)
    log_variance +=
        std::log(filters[axis].fit.a / gains[(axis + 1) % 3].differences / gains[(axis + 2) % 3].differences) / 3;
  texture.seen = true;
  texture.sigma_in_band = std::exp(log_variance / 2);
  texture.sigma = texture.sigma_in_band * std::sqrt(gains[0].all * gains[1].all * gains[2].all);
  texture.confidence = std::max(0., 1 - std::sqrt(misfit));
  return texture;
}

}  // namespace voxprior
