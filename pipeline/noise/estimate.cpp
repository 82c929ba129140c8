#include "pipeline/noise/estimate.h"

#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

#include "pipeline/intensity/otsu.h"
#include "pipeline/noise/detail_blocks.h"
#include "pipeline/noise/detail_fit.h"
#include "pipeline/noise/noncentral_chi.h"
#include "pipeline/noise/rician.h"

namespace voxprior {
namespace {

constexpr double kNegativeShare = 5e-4;  // more negative voxels than this are not an interpolator's ringing
constexpr double kZeroedShare = 0.3;     // of the dark voxels: exact zeros that Rician noise does not make
constexpr double kAirShare = 0.02;       // of all voxels: less dark than this is no background
constexpr double kWhiteCorrelation = 0.15;
constexpr std::size_t kFewBlocks = 20;  // fewer are no object
constexpr double kRounding = 1e-6;      // of the brightness: what float arithmetic makes of a constant
constexpr double kAgreement = 1.5;      // ratio of the noise in object and air up to which they are taken for one noise

constexpr double kRayleighTolerance = 0.3, kCoilsTolerance = 0.15;
constexpr int kMostCoils = 32;

bool one_noise(double air_sigma, double object_sigma) {
  return std::fabs(std::log(air_sigma / object_sigma)) < std::log(kAgreement);
}

struct Air {
  double sigma = 0;        ///< 0: what is dark does not look like noise
  double correlation = 0;  ///< of neighbours
  int coils = 1;
  double fit = 0;  ///< 1 when mean over deviation is exactly that of the noise, 0 at the edge of what is accepted
};

/// Dark tissue has a mean over deviation like that of many coils, but not their sigma: the object must confirm it.
Air air_of_coils(double ratio, double mean, double correlation, double object_sigma) {
  double nearest = kCoilsTolerance;
  Air air;
  for (int coils = 2; coils <= kMostCoils; ++coils) {
    const double chi_mean = noncentral_chi_mean(0, coils);
    const double off = std::fabs(std::log(ratio / (chi_mean / noncentral_chi_sd(0, coils))));
    if (off >= nearest || !one_noise(mean / chi_mean, object_sigma)) continue;
    nearest = off;
    air = {mean / chi_mean, correlation, coils, 1 - off / kCoilsTolerance};
  }
  return air;
}

/// The noise in the air, which is told from dark tissue by being alike everywhere and by its mean: near 0 when
/// Gaussian, 1.913 standard deviations when Rician. Averaging neighbours after the magnitude was taken leaves the mean
/// and shrinks the deviation, by (1 + 2r)^(1/2) along each axis.
Air noise_in_air(const std::vector<DetailBlock>& blocks, NoiseKind kind, int degrees, double object_sigma) {
  if (activity_floor(blocks, degrees) == 0) return {};
  const DetailBlock typical = median_block(blocks, degrees);
  const double a = typical.activity, mean = typical.mean, r = neighbour_correlation(a, typical.detail);
  const double deviation = std::sqrt(a / ((1 + r) * (1 + r) * (1 - r)));
  if (kind == NoiseKind::gaussian)
    return std::fabs(mean) < deviation ? Air{deviation, r, 1, 1 - std::fabs(mean) / deviation} : Air{};
  const double ratio = mean / deviation / std::pow(1 + 2 * std::max(r, 0.0), 1.5);
  const double off = std::fabs(ratio / (rician_mean(0) / rician_sd(0)) - 1);
  if (off < kRayleighTolerance) return {mean / rician_mean(0), r, 1, 1 - off / kRayleighTolerance};
  return air_of_coils(ratio, mean, r, object_sigma);
}

struct VoxelCounts {
  double negative = 0, zero = 0, dark = 0;  ///< shares of all voxels; dark: not above the object's threshold
};

VoxelCounts count_voxels(const float* voxels, std::size_t n, double threshold) {
  std::size_t negative = 0, zero = 0, dark = 0;
  for (std::size_t i = 0; i < n; ++i) {
    negative += voxels[i] < 0;
    zero += voxels[i] == 0;
    dark += voxels[i] <= threshold;
  }
  const double all = static_cast<double>(n);
  return {static_cast<double>(negative) / all, static_cast<double>(zero) / all, static_cast<double>(dark) / all};
}

std::string describe(const NoiseEstimate& found) {
  std::ostringstream message;
  message.precision(3);
  if (!found.white)
    message << "the noise of neighbouring voxels is correlated (about " << found.neighbour_correlation
            << "): the image was probably interpolated or smoothed; sigma is that of its finest detail";
  else if (found.background == Background::noise && !one_noise(found.background_sigma, found.object_sigma))
    message << "the air around the object shows a noise of " << found.background_sigma << ", the object "
            << found.object_sigma << ": the noise varies in space, or the background was filtered by the scanner";
  return message.str();
}

}  // namespace

NoiseEstimate estimate_noise(const float* voxels, std::array<std::int64_t, 3> size_ijk, NoiseKind kind) {
  const auto n = static_cast<std::size_t>(size_ijk[0] * size_ijk[1] * size_ijk[2]);
  const WaveletBands bands = wavelet_bands(voxels, size_ijk);
  const double threshold = otsu_threshold(bands.low.data(), bands.low.size()) / bands.low_gain;
  const VoxelCounts counts = count_voxels(voxels, n, threshold);

  NoiseEstimate found;
  found.kind = kind != NoiseKind::automatic       ? kind
               : counts.negative > kNegativeShare ? NoiseKind::gaussian
                                                  : NoiseKind::rician;

  if (kind != NoiseKind::automatic || found.kind == NoiseKind::gaussian) found.kind_confidence = 1;

  const int degrees = positions_per_block(bands);
  const std::vector<Region> regions = classify_positions(bands, threshold);
  std::vector<DetailBlock> object = blocks_of_region(bands, regions, Region::object);
  if (object.size() < kFewBlocks) {  // an even volume, parted by its noise alone, or a very small one: take all of it
    constexpr double everything = -std::numeric_limits<double>::infinity();
    object = blocks_of_region(bands, classify_positions(bands, everything), Region::object);
  }
  if (object.empty() || bands.low_gain < 2) {  // a gain below 2: fewer than two axes are long enough for the wavelet
    found.message = "the volume is too small or too empty to see noise in; sigma is taken as 0";
    return found;
  }
  found.sigma = found.kind == NoiseKind::rician ? rician_sigma(object, degrees) : gaussian_sigma(object, degrees);
  if (found.sigma <= kRounding * std::fabs(median_block(object, degrees).mean)) {
    found.sigma = 0;
    found.message = "no noise is seen";
    return found;
  }

  found.object_sigma = found.sigma;
  if (counts.dark > kAirShare) {
    const Air air =
        noise_in_air(blocks_of_region(bands, regions, Region::air), found.kind, degrees, found.object_sigma);
    if (counts.zero > kZeroedShare * counts.dark) {
      found.background = Background::zeroed;
    } else if (air.sigma > 0) {
      found.background = Background::noise;
      found.background_sigma = air.sigma;
      found.neighbour_correlation = air.correlation;
      found.coils = air.coils;
      found.kind_confidence = std::max(found.kind_confidence, air.fit);
    }
  }
  if (found.background != Background::noise) {
    const double floor = activity_floor(object, degrees);
    found.neighbour_correlation = floor > 0 ? neighbour_correlation(floor, found.sigma * found.sigma) : 0;
  }
  found.white = found.neighbour_correlation < kWhiteCorrelation;
  // Texture raises the object's estimate, and air knows nothing of what the object adds to the noise: the truth lies
  // between the two.
  if (found.white && found.background == Background::noise && one_noise(found.background_sigma, found.object_sigma))
    found.sigma = std::sqrt(found.background_sigma * found.object_sigma);
  found.message = describe(found);
  return found;
}

}  // namespace voxprior
