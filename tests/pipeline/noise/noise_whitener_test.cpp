#include "pipeline/noise/noise_whitener.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pipeline/noise/filtered_scan.h"

namespace voxprior {
namespace {

constexpr std::array<std::int64_t, 3> kSize{44, 48, 40};
constexpr std::size_t kCount = 44 * 48 * 40;

KspaceFilter filter_of(double kept, double taper) {
  KspaceFilter filter;
  filter.kept = {kept, kept, 1};
  filter.taper = {taper, taper, 0};
  return filter;
}

std::vector<float> filtered_noise(const KspaceFilter& filter, double sigma) {
  FilteredScanRequest request;
  request.size = kSize;
  request.filter = filter;
  request.magnitude = false;
  request.seed = 4;
  return filtered_scan(std::vector<float>(kCount, 0), std::vector<float>(kCount, static_cast<float>(sigma)), request)
      .noisy;
}

double correlation(const std::vector<float>& x, std::int64_t step) {
  double with = 0, of = 0;
  for (std::size_t n = 0; n + static_cast<std::size_t>(step) < x.size(); ++n)
    with += static_cast<double>(x[n]) * x[n + static_cast<std::size_t>(step)], of += static_cast<double>(x[n]) * x[n];
  return with / of;
}

double sd(const std::vector<float>& x) {
  double squares = 0;
  for (const float v : x) squares += static_cast<double>(v) * v;
  return std::sqrt(squares / static_cast<double>(x.size()));
}

TEST(NoiseWhitener, MakesNoiseWhiteWithTheSigmaOfBeforeTheFilter) {
  for (const auto& [kept, taper] : {std::pair{0.6, 0.}, {0.8, 0.46}, {1., 0.5}}) {
    const KspaceFilter filter = filter_of(kept, taper);
    std::vector<float> noise = filtered_noise(filter, 10);
    EXPECT_GT(correlation(noise, 1), 0.2);
    const double before = 10 / std::sqrt(noise_gain(filter, kSize));
    NoiseWhitener(filter, kSize).to_white(noise, {static_cast<float>(before)});
    EXPECT_NEAR(sd(noise) / before, 1, 0.05) << kept << " " << taper;
    for (const std::int64_t step : {std::int64_t{1}, std::int64_t{2}, kSize[0], kSize[0] * kSize[1]})
      EXPECT_NEAR(correlation(noise, step), 0, 0.03) << kept << " " << taper << " " << step;
  }
}

// A smooth volume that the filter has gone over comes back as it was: what was undone is done again.
TEST(NoiseWhitener, BringsTheVolumeBack) {
  const KspaceFilter filter = filter_of(0.7, 0.4);
  std::vector<float> volume(kCount);
  for (std::int64_t k = 0; k < kSize[2]; ++k)
    for (std::int64_t j = 0; j < kSize[1]; ++j)
      for (std::int64_t i = 0; i < kSize[0]; ++i)
        volume[static_cast<std::size_t>((k * kSize[1] + j) * kSize[0] + i)] = static_cast<float>(
            100 + 20 * std::cos(0.2 * static_cast<double>(i)) * std::cos(0.15 * static_cast<double>(j + k)));
  std::vector<float> there_and_back = volume;
  const NoiseWhitener whitener(filter, kSize);
  whitener.to_white(there_and_back, {0.f});
  whitener.from_white(there_and_back);
  double largest = 0;
  for (std::size_t n = 0; n < kCount; ++n)
    largest = std::max(largest, std::abs(static_cast<double>(there_and_back[n]) - volume[n]));
  EXPECT_LT(largest, 0.5);  // at the borders, where the reflection has a kink
}

TEST(NoiseWhitener, AddsWhatIsMissingInProportionToEachSigma) {
  std::vector<float> zero(kCount, 0), sigma(kCount, 1);
  for (std::size_t n = kCount / 2; n < kCount; ++n) sigma[n] = 3;
  NoiseWhitener(filter_of(0.6, 0), kSize).to_white(zero, sigma);
  const std::vector<float> low(zero.begin(), zero.begin() + kCount / 2), high(zero.begin() + kCount / 2, zero.end());
  EXPECT_NEAR(sd(low), std::sqrt(1 - 0.36), 0.03);
  EXPECT_NEAR(sd(high) / sd(low), 3, 0.1);
}

TEST(NoiseWhitener, DoesNotDependOnTheNumberOfThreads) {
  std::vector<float> one = filtered_noise(filter_of(0.7, 0.3), 1), three = one;
  NoiseWhitener(filter_of(0.7, 0.3), kSize, 1).to_white(one, {1.f});
  NoiseWhitener(filter_of(0.7, 0.3), kSize, 3).to_white(three, {1.f});
  EXPECT_EQ(one, three);
}

}  // namespace
}  // namespace voxprior
