#include "pipeline/metrics/features/power_spectrum.h"

#include <algorithm>
#include <cmath>

#include "pipeline/metrics/features/fourier.h"

namespace voxprior {
namespace {

constexpr double kLeastPower = 1e-12;

std::vector<float> hann_window(std::int64_t length) {
  std::vector<float> window;
  for (std::int64_t i = 0; i < length; ++i)
    window.push_back(static_cast<float>(std::pow(std::sin(M_PI * (i + 0.5) / static_cast<double>(length)), 2)));
  return window;
}

Image windowed(Image image) {
  const std::array<std::vector<float>, 3> window{hann_window(image.size[0]), hann_window(image.size[1]),
                                                 hann_window(image.size[2])};
  for (std::int64_t k = 0; k < image.size[2]; ++k)
    for (std::int64_t j = 0; j < image.size[1]; ++j)
      for (std::int64_t i = 0; i < image.size[0]; ++i)
        image.voxels[image.at(i, j, k)] *= window[0][i] * window[1][j] * window[2][k];
  return image;
}

/// Squared frequencies of one axis, in cycles per voxel.
std::vector<double> squared_frequencies(std::int64_t length) {
  std::vector<double> found;
  for (std::int64_t i = 0; i < length; ++i) {
    const double f = static_cast<double>(std::min(i, length - i)) / static_cast<double>(length);
    found.push_back(f * f);
  }
  return found;
}

/// Shells without a frequency repeat their lower neighbour; those below the first with one repeat that.
void fill_gaps(const std::vector<double>& count, std::vector<double>& power) {
  for (int s = 1; s < kSpectrumShells; ++s)
    if (count[s] == 0) power[s] = power[s - 1];
  const auto first = std::find_if(count.begin(), count.end(), [](double c) { return c > 0; }) - count.begin();
  if (first < kSpectrumShells) std::fill_n(power.begin(), first, power[first]);
}

}  // namespace

std::vector<double> radial_power_spectrum(const Image& image) {
  const Spectrum spectrum = fourier_transform(windowed(image));
  const std::array<std::vector<double>, 3> squared{
      squared_frequencies(image.size[0]), squared_frequencies(image.size[1]), squared_frequencies(image.size[2])};
  std::vector<double> power(kSpectrumShells), count(kSpectrumShells);
  for (std::int64_t k = 0; k < image.size[2]; ++k)
    for (std::int64_t j = 0; j < image.size[1]; ++j)
      for (std::int64_t i = 0; i < image.size[0]; ++i) {
        const double f = std::sqrt(squared[0][i] + squared[1][j] + squared[2][k]);
        const auto shell = static_cast<int>(f * 2 * kSpectrumShells);
        if (shell >= kSpectrumShells || f == 0) continue;
        power[shell] += std::norm(spectrum[image.at(i, j, k)]);
        ++count[shell];
      }
  for (int s = 0; s < kSpectrumShells; ++s)
    if (count[s] > 0) power[s] /= count[s] * static_cast<double>(image.count());
  fill_gaps(count, power);
  for (double& p : power) p = std::log10(std::max(p, kLeastPower));
  return power;
}

double spectrum_distance_db(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t s = 0; s < a.size(); ++s) sum += std::pow(10 * (a[s] - b[s]), 2);
  return std::sqrt(sum / static_cast<double>(a.size()));
}

}  // namespace voxprior
