#include "pipeline/noise/detail_fit.h"

#include <algorithm>
#include <cmath>

#include "pipeline/noise/rician.h"

namespace voxprior {
namespace {

constexpr std::size_t kFewBlocks = 60;  // for fewer a line cannot be fitted, only a median taken
constexpr double kLargestSlope = 0.4;   // anatomy measured 0.01 to 0.34; noise that varies in space would give 1
constexpr double kFloorShare = 0.6;     // noise alone gives 1, anatomy without noise 0.1 to 0.3
constexpr int kRicianPasses = 8;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Quantile of a chi-squared variable over its degrees of freedom, at `z` standard deviations (Wilson & Hilferty 1931).
double chi_squared_quantile(double degrees, double z) {
  const double spread = 2 / (9 * degrees);
  return std::pow(1 - spread + z * std::sqrt(spread), 3);
}

/// One point of the fit: block energies divided by the variance factor at the block's mean.
struct Energies {
  double activity, detail;
};

/// Noise variance from e = s + beta (a - s) over the less active half of the blocks; see estimate.h.
double noise_variance(std::vector<Energies> blocks, int degrees) {
  const double median_gain = chi_squared_quantile(degrees, 0);
  const auto median_detail = [&](std::size_t begin, std::size_t end) {
    std::vector<double> detail;
    for (std::size_t b = begin; b < end; ++b) detail.push_back(blocks[b].detail);
    return median(detail) / median_gain;
  };
  std::sort(blocks.begin(), blocks.end(), [](const Energies& a, const Energies& b) { return a.activity < b.activity; });
  if (blocks.size() < kFewBlocks) return median_detail(0, blocks.size());

  const std::size_t half = blocks.size() / 2, bins = std::clamp<std::size_t>(half / 20, 3, 10);
  double weights = 0, sum_a = 0, sum_e = 0, sum_aa = 0, sum_ae = 0;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const std::size_t begin = half * bin / bins, end = half * (bin + 1) / bins;
    double a = 0;
    for (std::size_t b = begin; b < end; ++b) a += blocks[b].activity / static_cast<double>(end - begin);
    const double e = median_detail(begin, end);
    if (e <= 0) return 0;
    const double w = 1 / (e * e);  // equal relative errors
    weights += w, sum_a += w * a, sum_e += w * e, sum_aa += w * a * a, sum_ae += w * a * e;
  }
  const double mean_a = sum_a / weights, mean_e = sum_e / weights;
  const double variance_a = sum_aa / weights - mean_a * mean_a;
  const double slope = variance_a > 0 ? (sum_ae / weights - mean_a * mean_e) / variance_a : 0;
  const double beta = std::clamp(slope, 0.0, kLargestSlope);
  return std::max(0.0, (mean_e - beta * mean_a) / (1 - beta));
}

std::vector<Energies> energies(const std::vector<DetailBlock>& blocks) {
  std::vector<Energies> result;
  for (const DetailBlock& block : blocks) result.push_back({block.activity, block.detail});
  return result;
}

}  // namespace

double gaussian_sigma(const std::vector<DetailBlock>& blocks, int degrees) {
  return std::sqrt(noise_variance(energies(blocks), degrees));
}

double rician_sigma(const std::vector<DetailBlock>& blocks, int degrees) {
  const RicianVarianceOfMean variance_of_mean;
  std::vector<Energies> corrected = energies(blocks);
  double sigma = std::sqrt(noise_variance(corrected, degrees));
  for (int pass = 0; pass < kRicianPasses && sigma > 0; ++pass) {
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      const double factor = variance_of_mean(blocks[b].mean / sigma);
      corrected[b] = {blocks[b].activity / factor, blocks[b].detail / factor};
    }
    sigma = std::sqrt(noise_variance(corrected, degrees));
  }
  return sigma;
}

double neighbour_correlation(double activity, double detail) {
  if (detail <= 0) return 0;
  const double ratio = std::sqrt(activity / detail);
  return (ratio - 1) / (ratio + 1);
}

double activity_floor(std::vector<DetailBlock> blocks, int degrees) {
  if (blocks.size() < kFewBlocks) return 0;
  std::sort(blocks.begin(), blocks.end(),
            [](const DetailBlock& a, const DetailBlock& b) { return a.activity < b.activity; });
  const double lowest = blocks[blocks.size() / 20].activity / chi_squared_quantile(3 * degrees, -1.645);
  const double typical = blocks[blocks.size() / 2].activity / chi_squared_quantile(3 * degrees, 0);
  return lowest > kFloorShare * typical ? lowest : 0;
}

double chi_squared_median(int degrees) { return chi_squared_quantile(degrees, 0); }

DetailBlock median_block(const std::vector<DetailBlock>& blocks, int degrees) {
  std::vector<double> detail, activity, means;
  for (const DetailBlock& block : blocks) {
    detail.push_back(block.detail);
    activity.push_back(block.activity);
    means.push_back(block.mean);
  }
  return {median(detail) / chi_squared_quantile(degrees, 0),
          median(activity) / chi_squared_quantile(3 * degrees, 0),
          median(means),
          {}};
}

}  // namespace voxprior
