#include "pipeline/noise/kernel_texture.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace voxprior {
namespace {

const double kPi = std::acos(-1.0);
constexpr int kWindow = 9, kReach = kWindow / 2, kVoxels = kWindow * kWindow;
constexpr int kLags = 4;
constexpr double kLeastStep = 5, kManyWindows = 100000;  // windows lie that far apart, further in volumes with more
constexpr std::size_t kFewWindows = 60;
constexpr double kSoftTissueLow = -50, kSoftTissueHigh = 150;  // HU
constexpr double kMostDeviation = 1.2;                         // over sigma; windows with edges have more
constexpr double kSoftestCutoff = 0.12, kSharpestCutoff = 1.5, kCutoffStep = 1.05;
constexpr int kFrequencies = 64;  // along each axis of the plane, for the integrals over the spectrum
constexpr double kMostOverlap = 0.25;

using Patch = std::array<double, kVoxels>;
using Lags = std::array<double, kLags>;  // correlation at distances 1, 2, ...

/// Unit vectors of a constant and of both slopes over a window.
std::array<Patch, 3> plane_basis() {
  std::array<Patch, 3> basis{};
  const double slope_norm = std::sqrt(kWindow * 60.);  // 60 = sum of n^2 for n = -4 .. 4
  for (int j = 0; j < kWindow; ++j)
    for (int i = 0; i < kWindow; ++i) {
      const auto at = static_cast<std::size_t>(j * kWindow + i);
      basis[0][at] = 1. / kWindow;
      basis[1][at] = (i - kReach) / slope_norm;
      basis[2][at] = (j - kReach) / slope_norm;
    }
  return basis;
}

double dot(const Patch& a, const Patch& b) {
  double sum = 0;
  for (std::size_t n = 0; n < a.size(); ++n) sum += a[n] * b[n];
  return sum;
}

Patch without_plane(Patch values, const std::array<Patch, 3>& basis) {
  for (const Patch& direction : basis) {
    const double share = dot(values, direction);
    for (std::size_t n = 0; n < values.size(); ++n) values[n] -= share * direction[n];
  }
  return values;
}

/// Adds to each lag the sum of pair(p, q) over all voxels p and q so far apart along an axis.
template <typename Pair>
void add_lags(Lags& sums, const Pair& pair) {
  for (int lag = 1; lag <= kLags; ++lag)
    for (int j = 0; j < kWindow; ++j)
      for (int i = 0; i + lag < kWindow; ++i)
        sums[static_cast<std::size_t>(lag - 1)] +=
            pair(j * kWindow + i, j * kWindow + i + lag) + pair(i * kWindow + j, (i + lag) * kWindow + j);
}

/// Autocorrelation of noise of a kernel at distances 0 .. 8 along both axes.
using Autocorrelation = std::array<std::array<double, kWindow>, kWindow>;

double frequency(int n) { return 0.5 * (n + 0.5) / kFrequencies; }

/// cos(2 pi f d) of every frequency and distance.
using Waves = std::array<std::array<double, kWindow>, kFrequencies>;

Waves waves() {
  Waves found{};
  for (int n = 0; n < kFrequencies; ++n)
    for (int d = 0; d < kWindow; ++d)
      found[static_cast<std::size_t>(n)][static_cast<std::size_t>(d)] = std::cos(2 * kPi * frequency(n) * d);
  return found;
}

Autocorrelation autocorrelation(double cutoff, const Waves& wave) {
  Autocorrelation sums{};
  for (std::size_t y = 0; y < kFrequencies; ++y) {
    std::array<double, kWindow> along_x{};
    for (std::size_t x = 0; x < kFrequencies; ++x) {
      const double squared = std::pow(frequency(static_cast<int>(x)), 2) + std::pow(frequency(static_cast<int>(y)), 2);
      const double power = std::sqrt(squared) * std::exp(-2 * squared / (cutoff * cutoff));
      for (std::size_t dx = 0; dx < kWindow; ++dx) along_x[dx] += power * wave[x][dx];
    }
    for (std::size_t dy = 0; dy < kWindow; ++dy)
      for (std::size_t dx = 0; dx < kWindow; ++dx) sums[dy][dx] += wave[y][dy] * along_x[dx];
  }
  const double variance = sums[0][0];
  for (auto& row : sums)
    for (double& value : row) value /= variance;
  return sums;
}

/// What a fitted plane leaves of the correlations of noise: lags of P C P over its trace.
Lags expected_lags(const Autocorrelation& of_noise, const std::array<Patch, 3>& basis) {
  std::vector<Patch> left(kVoxels);  // rows of C, then of C P, then of P C P
  for (int p = 0; p < kVoxels; ++p) {
    Patch row{};
    for (int q = 0; q < kVoxels; ++q)
      row[static_cast<std::size_t>(q)] = of_noise[static_cast<std::size_t>(std::abs(p / kWindow - q / kWindow))]
                                                 [static_cast<std::size_t>(std::abs(p % kWindow - q % kWindow))];
    left[static_cast<std::size_t>(p)] = without_plane(row, basis);
  }
  for (std::size_t q = 0; q < kVoxels; ++q) {
    Patch column{};
    for (std::size_t p = 0; p < kVoxels; ++p) column[p] = left[p][q];
    column = without_plane(column, basis);
    for (std::size_t p = 0; p < kVoxels; ++p) left[p][q] = column[p];
  }
  double trace = 0;
  for (std::size_t p = 0; p < kVoxels; ++p) trace += left[p][p];
  Lags lags{};
  add_lags(lags, [&](int p, int q) { return left[static_cast<std::size_t>(p)][static_cast<std::size_t>(q)]; });
  for (double& lag : lags) lag /= trace;
  return lags;
}

double distance(const Lags& a, const Lags& b) {
  double sum = 0;
  for (std::size_t n = 0; n < a.size(); ++n) sum += (a[n] - b[n]) * (a[n] - b[n]);
  return sum;
}

/// The cut-off whose lags are nearest; 0 for white noise.
double best_cutoff(const Lags& found, const std::array<Patch, 3>& basis) {
  Autocorrelation white{};
  white[0][0] = 1;
  double best = 0, least = distance(found, expected_lags(white, basis));
  const Waves wave = waves();
  for (double cutoff = kSoftestCutoff; cutoff < kSharpestCutoff; cutoff *= kCutoffStep) {
    const double away = distance(found, expected_lags(autocorrelation(cutoff, wave), basis));
    if (away < least) least = away, best = cutoff;
  }
  return best;
}

/// Neighbouring slices of weights (a, 1 - 2a, a) are correlated by 2a (1 - 2a) / ((1 - 2a)^2 + 2a^2), which rises.
double overlap_of(double correlation) {
  double low = 0, high = kMostOverlap;
  for (int n = 0; n < 30; ++n) {
    const double a = (low + high) / 2, own = 1 - 2 * a;
    (2 * a * own / (own * own + 2 * a * a) < correlation ? low : high) = a;
  }
  return (low + high) / 2;
}

/// What is summed over the windows.
struct Sums {
  std::size_t windows = 0;
  double squares = 0;
  Lags lags{};
  double across = 0, across_squares = 0;  ///< products with the window of the slice before, and of both their norms
};

class WindowReader {
 public:
  WindowReader(const float* voxels, const std::array<std::int64_t, 3>& size, double sigma)
      : voxels_(voxels), size_(size), most_squares_((kVoxels - 3) * std::pow(kMostDeviation * sigma, 2)) {
    const auto all = static_cast<double>(size[0] * size[1] * size[2]);
    step_ = std::lround(std::max(kLeastStep, std::sqrt(all / kManyWindows)));
  }

  Sums read() const {
    Sums sums;
    for (std::int64_t j = 0; j + kWindow <= size_[1]; j += step_)
      for (std::int64_t i = 0; i + kWindow <= size_[0]; i += step_) {
        Patch before{};
        double squares_before = 0;  // 0: the slice before has no window of noise alone here
        for (std::int64_t k = 0; k < size_[2]; ++k) {
          Patch here{};
          const double squares = noise_at(i, j, k, here);
          if (squares > 0) add(sums, here, squares);
          if (squares > 0 && squares_before > 0) {
            sums.across += dot(here, before);
            sums.across_squares += std::sqrt(squares * squares_before);
          }
          before = here;
          squares_before = squares;
        }
      }
    return sums;
  }

 private:
  /// What a plane leaves of a window, and the sum of its squares; 0 where it is not of noise alone.
  double noise_at(std::int64_t i, std::int64_t j, std::int64_t k, Patch& left) const {
    const float* const corner = voxels_ + (k * size_[1] + j) * size_[0] + i;
    double sum = 0;
    for (int y = 0; y < kWindow; ++y)
      for (int x = 0; x < kWindow; ++x) {
        const double value = corner[y * size_[0] + x];
        left[static_cast<std::size_t>(y * kWindow + x)] = value;
        sum += value;
      }
    const double mean = sum / kVoxels;
    if (mean <= kSoftTissueLow || mean >= kSoftTissueHigh) return 0;
    left = without_plane(left, basis_);
    const double squares = dot(left, left);
    return squares <= most_squares_ ? squares : 0;
  }

  static void add(Sums& sums, const Patch& noise, double squares) {
    ++sums.windows;
    sums.squares += squares;
    add_lags(sums.lags,
             [&](int p, int q) { return noise[static_cast<std::size_t>(p)] * noise[static_cast<std::size_t>(q)]; });
  }

  const float* voxels_;
  std::array<std::int64_t, 3> size_;
  std::int64_t step_;
  double most_squares_;
  std::array<Patch, 3> basis_ = plane_basis();
};

}  // namespace

KernelTexture kernel_texture(const float* hounsfield, const std::array<std::int64_t, 3>& size_ijk, double sigma) {
  Sums sums = WindowReader(hounsfield, size_ijk, sigma).read();
  if (sums.windows < kFewWindows || sums.squares <= 0) return {};
  for (double& lag : sums.lags) lag /= sums.squares;
  KernelTexture found;
  found.seen = true;
  found.cutoff = best_cutoff(sums.lags, plane_basis());
  if (sums.across_squares > 0) found.overlap = overlap_of(std::max(0., sums.across / sums.across_squares));
  return found;
}

}  // namespace voxprior
