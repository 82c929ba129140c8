#include "pipeline/metrics/texture_match.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "pipeline/metrics/features/power_spectrum.h"

namespace voxprior {
namespace {

Image masked(Image image, const std::vector<std::uint8_t>& mask) {
  for (std::size_t n = 0; n < mask.size(); ++n)
    if (!mask[n]) image.voxels[n] = 0;
  return image;
}

/// Magnitudes of the central differences at the voxels whose six neighbours are in the mask, sorted.
std::vector<double> gradients(const Image& image, const std::vector<std::uint8_t>& mask) {
  const std::int64_t steps[] = {1, image.size[0], image.size[0] * image.size[1]};
  std::vector<double> found;
  for (std::int64_t k = 1; k + 1 < image.size[2]; ++k)
    for (std::int64_t j = 1; j + 1 < image.size[1]; ++j)
      for (std::int64_t i = 1; i + 1 < image.size[0]; ++i) {
        const std::int64_t here = image.at(i, j, k);
        double squares = 0;
        bool inside = true;
        for (const std::int64_t step : steps) {
          inside = inside && mask[here - step] && mask[here + step];
          const double slope = (static_cast<double>(image.voxels[here + step]) - image.voxels[here - step]) / 2;
          squares += slope * slope;
        }
        if (inside) found.push_back(std::sqrt(squares));
      }
  std::sort(found.begin(), found.end());
  return found;
}

double gradient_distance(const std::vector<double>& reference, const std::vector<double>& test) {
  double sum = 0, distance = 0;
  for (std::size_t n = 0; n < reference.size(); ++n) {
    sum += reference[n];
    distance += std::abs(test[n] - reference[n]);
  }
  if (sum == 0) fail(ExitCode::input, "the reference has no gradient within the mask: no texture to compare with");
  return distance / sum;
}

}  // namespace

TextureMatch texture_match(const Image& reference, const Image& test, const std::vector<std::uint8_t>& mask) {
  TextureMatch match;
  match.gradients = gradient_distance(gradients(reference, mask), gradients(test, mask));
  const std::vector<double> ours = radial_power_spectrum(masked(test, mask));
  const std::vector<double> theirs = radial_power_spectrum(masked(reference, mask));
  match.spectrum_db = spectrum_distance_db(ours, theirs);
  constexpr int kFirstFine = kSpectrumShells / 2;
  for (int shell = kFirstFine; shell < kSpectrumShells; ++shell)
    match.fine_power_db += 10 * (ours[shell] - theirs[shell]) / (kSpectrumShells - kFirstFine);
  return match;
}

}  // namespace voxprior
