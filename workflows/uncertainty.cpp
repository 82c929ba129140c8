#include "workflows/uncertainty.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "pipeline/intensity/percentile.h"
#include "pipeline/noise/data_share.h"
#include "workflows/cli/part_of_stage.h"

namespace voxprior {
namespace {

constexpr int kSteps = 12;             // of a sample: pipeline/samplers/posterior_sample.h
constexpr double kCubeMm = 5;          // edge of what the data share is found for
constexpr float kProbeSigmas = 0.25F;  // a small change: a quarter of what hides in the noise of a voxel
constexpr double kObjectFrom = 0.25;   // of the range: all tissue, and no air

std::string with_digits(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

double rounded(double value) { return std::round(1000 * value) / 1000; }

/// Where the result is bright enough to be tissue; exact zeros of the noisy volume are left out.
std::vector<std::size_t> object_voxels(const Volume& noisy, const std::vector<float>& result) {
  const double low = percentile(result.data(), result.size(), 0.5);
  const double high = percentile(result.data(), result.size(), 99.5);
  const auto threshold = static_cast<float>(low + kObjectFrom * (high - low));
  std::vector<std::size_t> voxels;
  for (std::size_t at = 0; at < result.size(); ++at)
    if (result[at] > threshold && noisy.voxels[at] != 0) voxels.push_back(at);
  return voxels;
}

std::vector<float> at_voxels(const std::vector<float>& values, const std::vector<std::size_t>& voxels) {
  std::vector<float> chosen;
  chosen.reserve(voxels.size());
  for (const std::size_t at : voxels) chosen.push_back(values[at]);
  return chosen;
}

double median(const std::vector<float>& values) {
  return values.empty() ? 0 : percentile(values.data(), values.size(), 50);
}

double rms(const std::vector<float>& values) {
  double squares = 0;
  for (const float v : values) squares += static_cast<double>(v) * static_cast<double>(v);
  return values.empty() ? 0 : std::sqrt(squares / static_cast<double>(values.size()));
}

/// The spread is taken around the result, not around the mean of the samples: the result is the better estimate of the
/// mean of the posterior, and how far it can be off is what is asked.
void draw_samples(Uncertainty& found, const DenoisedScan& scan, const std::vector<std::size_t>& object,
                  const DenoiserAtNoise& denoiser, const UncertaintyChoices& choices, ProgressDisplay& progress) {
  progress.stage("drawing " + std::to_string(choices.samples) + " samples");
  const std::vector<float>& result = scan.denoised;
  std::vector<float> squares(result.size()), offset(result.size());  // sums of (sample - result)^2, sample - result
  for (int n = 0; n < choices.samples; ++n) {
    PartOfStage part(progress, n, choices.samples);
    std::vector<float> sample = scan.x;
    denoiser.sample(sample, {kSteps, choices.seed, n, scan.noise.texture}, part);
    sample = scan.units.from_network(std::move(sample));
    for (std::size_t i = 0; i < sample.size(); ++i) {
      const float away = sample[i] - result[i];
      squares[i] += away * away;
      offset[i] += away;
    }
  }
  const auto count = static_cast<float>(choices.samples);
  found.deviation = std::move(squares);
  for (float& s : found.deviation) s = std::sqrt(s / count);
  for (float& o : offset) o /= count;

  const double typical = median(at_voxels(found.deviation, object));
  found.lines.push_back("uncertainty: " + with_digits("%.4g", typical) + " in the median of the object, " +
                        with_digits("%.2f", typical / scan.noise.sigma) + " sigma (" + std::to_string(choices.samples) +
                        " samples)");
  found.record["samples"] = choices.samples;
  found.record["seed"] = choices.seed;
  found.record["steps_of_a_sample"] = kSteps;
  found.record["median_deviation"] = typical;
  found.record["rms_deviation"] = rms(at_voxels(found.deviation, object));
  found.record["rms_of_mean_less_result"] = rms(at_voxels(offset, object));
}

void note_data_share(Uncertainty& found, const std::vector<std::size_t>& object) {
  const std::vector<float> shares = at_voxels(found.data_share, object);
  const auto below = std::count_if(shares.begin(), shares.end(), [](float share) { return share < 0.5F; });
  const double part = shares.empty() ? 0 : static_cast<double>(below) / static_cast<double>(shares.size());
  found.lines.push_back("data share: " + with_digits("%.2f", median(shares)) + " of a small change over " +
                        with_digits("%.0f", kCubeMm) +
                        " mm comes through in the median of the object; less than half in " +
                        with_digits("%.1f", 100 * part) + " % of it");
  found.record["data_share"] = {
      {"cube_mm", kCubeMm}, {"median", rounded(median(shares))}, {"below_one_half", rounded(part)}};
}

void probe_data_share(Uncertainty& found, const DenoisedScan& scan, const DenoiserAtNoise& denoiser,
                      ProgressDisplay& progress) {
  progress.stage("probing where the data decide");
  std::vector<float> amplitude = denoiser.sigma();
  for (float& a : amplitude) a *= kProbeSigmas;
  DataShare share(scan.noisy.geometry.size, scan.noisy.geometry.spacing_mm, kCubeMm);
  for (int n = 0; n < DataShare::kProbes; ++n) {
    PartOfStage part(progress, n, DataShare::kProbes);
    std::vector<float> changed = share.pattern(n);
    for (std::size_t i = 0; i < changed.size(); ++i)
      changed[i] = scan.x[i] + amplitude[amplitude.size() == 1 ? 0 : i] * changed[i];
    denoiser.denoise(changed, part);
    for (std::size_t i = 0; i < changed.size(); ++i) changed[i] -= scan.denoised_x[i];
    share.learn(n, changed, amplitude);
  }
  found.data_share = share.shares();
  for (float& s : found.data_share) s = static_cast<float>(1 - scan.strength * (1 - s));
}

}  // namespace

Uncertainty find_uncertainty(const DenoisedScan& scan, const DenoiserAtNoise& denoiser,
                             const UncertaintyChoices& choices, ProgressDisplay& progress) {
  Uncertainty found;
  const std::vector<std::size_t> object = object_voxels(scan.noisy, scan.denoised);
  if (choices.samples > 0) draw_samples(found, scan, object, denoiser, choices, progress);
  if (choices.data_share) {
    probe_data_share(found, scan, denoiser, progress);
    note_data_share(found, object);
  }
  return found;
}

Uncertainty uncertainty_of_copy(const Volume& noisy, const NoiseLevel& noise, const UncertaintyChoices& choices) {
  Uncertainty found;
  if (choices.samples > 0) {
    found.deviation.assign(noisy.voxels.size(), static_cast<float>(noise.sigma));
    if (!noise.map.empty()) found.deviation = noise.map;
  }
  if (choices.data_share) found.data_share.assign(noisy.voxels.size(), 1);
  return found;
}

}  // namespace voxprior
