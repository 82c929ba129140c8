#include "pipeline/noise/noise_survey.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

#include "pipeline/intensity/otsu.h"
#include "pipeline/noise/flat_blocks.h"
#include "pipeline/noise/wavelet_bands.h"

namespace voxprior {
namespace {

constexpr double kOneNoise = 1.5;
// Of what the noise of the spectra would show in the flattest tissue, what is there at least. Measured: 1.06 and more
// with noise of 3 to 9 % that filters of k-space correlated; 0.78 in a smoothed scan whose spectra were anatomy.
constexpr double kAsLoud = 0.9;
constexpr double kDenoisedBefore = 2;  // noise in the air over noise in the object

double agreement(const NoiseSurvey& found) {
  std::vector<double> said;
  if (found.correlated()) return found.texture.confidence;
  if (found.whole.object_sigma > 0 && !found.varies()) said.push_back(found.whole.object_sigma);
  if (found.whole.background_sigma > 0) said.push_back(found.whole.background_sigma);
  if (found.texture.seen && found.texture.sigma > 0) said.push_back(found.texture.sigma);
  if (found.local.seen) said.push_back(found.local.typical);
  if (said.size() < 2) return 0.5;
  const auto [least, greatest] = std::minmax_element(said.begin(), said.end());
  return std::max(0., 1 - std::log(*greatest / *least));
}

/// Whether somewhere in the object there is less noise than the spectra say: then they have taken anatomy for noise.
bool louder_than_flat_tissue(const NoiseTexture& texture, const float* voxels, const std::array<std::int64_t, 3>& size,
                             double threshold) {
  const double flattest = flattest_deviation(voxels, size, threshold);
  return flattest > 0 && flattest < kAsLoud * texture.sigma * flattest_deviation_of_noise(texture.filter);
}

std::string message_of(const NoiseSurvey& found) {
  std::ostringstream message;
  message.precision(3);
  if (found.correlated()) {
    message << "the noise is correlated, as in a scan with " << in_words(found.texture.filter)
            << ": interpolated, filtered or smoothed; it is taken for what it is";
  } else if (found.texture_doubted) {
    message << "smoothed or interpolated, so that its noise cannot be told from fine anatomy: only what the finest "
               "detail shows is taken for noise; --sigma and --spectrum say more";
  } else if (found.denoised_before()) {
    message << "the air shows a noise of " << found.whole.background_sigma << ", the object only "
            << found.whole.object_sigma << ": it was probably denoised before, and little is left to remove";
  } else if (found.varies()) {
    message << "the noise varies over the volume, from " << found.local.low << " to " << found.local.high;
  } else {
    return found.whole.message;
  }
  return message.str();
}

}  // namespace

bool NoiseSurvey::denoised_before() const {
  return !correlated() && whole.background == Background::noise &&
         whole.background_sigma > kDenoisedBefore * whole.object_sigma;
}

NoiseSurvey survey_noise(const float* voxels, const std::array<std::int64_t, 3>& size, NoiseKind kind) {
  NoiseSurvey found;
  found.whole = estimate_noise(voxels, size, kind);
  found.sigma = found.whole.sigma;
  found.message = found.whole.message;
  if (found.sigma == 0) return found;

  const WaveletBands bands = wavelet_bands(voxels, size);
  const double threshold = otsu_threshold(bands.low.data(), bands.low.size()) / bands.low_gain;
  found.texture = noise_texture(voxels, size, threshold);
  // The mean of air does not know of correlation: what disagrees with it is anatomy.
  if (found.whole.background == Background::noise && found.texture.seen &&
      std::fabs(std::log(found.texture.sigma / found.whole.background_sigma)) > std::log(kOneNoise))
    found.texture = {};
  found.texture_doubted = found.correlated() && louder_than_flat_tissue(found.texture, voxels, size, threshold);
  if (found.texture_doubted) found.texture = {};
  if (!found.correlated())
    found.local = local_noise(voxels, size, found.whole.kind, found.whole.background == Background::noise);
  if (found.correlated()) found.sigma = found.texture.sigma;
  if (found.varies()) found.sigma = found.local.typical;
  found.sigma_confidence = agreement(found);
  found.message = message_of(found);
  return found;
}

std::string in_words(const KspaceFilter& filter) {
  std::ostringstream text;
  text.precision(3);
  text << 100 * filter.kept[0] << " x " << 100 * filter.kept[1] << " x " << 100 * filter.kept[2] << " % of k-space";
  if (filter.taper[0] > 0 || filter.taper[1] > 0 || filter.taper[2] > 0)
    text << ", tapered by " << filter.taper[0] << " x " << filter.taper[1] << " x " << filter.taper[2];
  return text.str();
}

}  // namespace voxprior
