#include "pipeline/noise/filtered_scan.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "pipeline/noise/rician.h"

namespace voxprior {
namespace {

constexpr std::array<std::int64_t, 3> kSize{60, 64, 54};  // products of small primes: the field of view is the volume
constexpr std::size_t kCount = 60 * 64 * 54;

FilteredScan scan_of(double value, double sigma, const KspaceFilter& filter, bool magnitude = false, int coils = 1) {
  FilteredScanRequest request;
  request.size = kSize;
  request.filter = filter;
  request.magnitude = magnitude;
  request.coils = coils;
  request.seed = 3;
  return filtered_scan(std::vector<float>(kCount, static_cast<float>(value)),
                       std::vector<float>(kCount, static_cast<float>(sigma)), request);
}

KspaceFilter some_filter() {
  KspaceFilter filter;
  filter.kept = {0.6, 0.8, 1};
  filter.partial = 0.75;
  filter.taper.fill(KspaceFilter::kHamming);
  return filter;
}

double mean_square(const std::vector<float>& x) {
  double sum = 0;
  for (const float v : x) sum += static_cast<double>(v) * v;
  return sum / static_cast<double>(x.size());
}

TEST(KspaceFilter, WeighsFrequenciesAsItSays) {
  const KspaceFilter filter = some_filter();
  EXPECT_NEAR(weight_along(filter, 0, 0), 1, 1e-12);
  EXPECT_NEAR(weight_along(filter, 0, 0.15), 0.54, 1e-12);  // a quarter turn from the centre
  EXPECT_NEAR(weight_along(filter, 0, 0.3), 0.08, 1e-12);   // the edge
  EXPECT_EQ(weight_along(filter, 0, 0.31), 0);
  EXPECT_NEAR(weight_along(filter, 1, 0.39), 0.54 + 0.46 * std::cos(2 * std::acos(-1.) * 0.39 / 0.8), 1e-12);
  EXPECT_EQ(weight_along(filter, 1, -0.21), 0);  // of -0.4 .. 0.4 the first quarter is not measured
  EXPECT_GT(weight_along(filter, 1, -0.19), 0);
  EXPECT_FALSE(filter.keeps_all());
  EXPECT_TRUE(KspaceFilter().keeps_all());
}

TEST(KspaceFilter, GainOfZeroFillingIsTheShareOfKspace) {
  KspaceFilter filter;
  filter.kept = {0.5, 0.5, 1};
  EXPECT_NEAR(noise_gain(filter, {100, 100, 20}), 0.51 * 0.51, 1e-6);  // both edges count
}

// The power of the noise in shells of the spectrum against the square of the filter.
TEST(FilteredScan, NoiseHasThePowerSpectrumOfTheFilter) {
  KspaceFilter filter = some_filter();
  filter.partial = 1;  // else the real part mixes both halves
  const std::vector<float> noise = scan_of(0, 1, filter).noisy;
  ComplexGrid spectrum{kSize, {noise.begin(), noise.end()}};
  fourier_transform(spectrum, FourierDirection::forward);
  const double gain = noise_gain(filter, kSize);
  for (int axis = 0; axis < 3; ++axis)
    for (const double from : {0., 0.1, 0.2, 0.3}) {
      double power = 0, law = 0;
      std::size_t at = 0;
      for (std::int64_t k = 0; k < kSize[2]; ++k)
        for (std::int64_t j = 0; j < kSize[1]; ++j)
          for (std::int64_t i = 0; i < kSize[0]; ++i, ++at) {
            const double f[3] = {frequency_at(i, kSize[0]), frequency_at(j, kSize[1]), frequency_at(k, kSize[2])};
            if (std::abs(f[axis]) < from || std::abs(f[axis]) >= from + 0.1) continue;
            double w = 1;
            for (int a = 0; a < 3; ++a) w *= weight_along(filter, a, f[a]);
            power += std::norm(spectrum.values[at]);
            law += w * w / gain;
          }
      if (law == 0) {
        EXPECT_LT(power, 1e-3) << axis << " " << from;
      } else {
        EXPECT_NEAR(power / law, 1, 0.05) << axis << " " << from;  // standard errors up to 1.3 %
      }
    }
}

TEST(FilteredScan, SigmaIsThatOfTheResult) {
  for (const double kept : {0.5, 1.}) {
    KspaceFilter filter = some_filter();
    filter.kept = {kept, kept, 1};
    EXPECT_NEAR(std::sqrt(mean_square(scan_of(0, 7, filter).noisy)), 7, 0.1) << kept;
  }
}

TEST(FilteredScan, MagnitudesOfEmptyAirAreRayleighAndChi) {
  const KspaceFilter filter = some_filter();
  EXPECT_NEAR(mean_square(scan_of(0, 2, filter, true).noisy), 4 * rician_second_moment(0), 0.15);
  EXPECT_NEAR(mean_square(scan_of(0, 2, filter, true, 4).noisy), 4 * 8, 0.3);
}

TEST(FilteredScan, ReferenceIsTheVolumeAtTheResolutionOfTheScan) {
  std::vector<float> clean(kCount);
  for (std::size_t n = 0; n < kCount; ++n)  // one wave that is measured along i, and one that is not
    clean[n] = static_cast<float>(100 + 10 * std::cos(2 * std::acos(-1.) * 6 * static_cast<double>(n % 60) / 60) +
                                  10 * std::cos(2 * std::acos(-1.) * 27 * static_cast<double>(n % 60) / 60));
  FilteredScanRequest request;
  request.size = kSize;
  request.filter.kept = {0.6, 1, 1};
  const FilteredScan scan = filtered_scan(clean, std::vector<float>(kCount, 0), request);
  for (std::size_t n = 0; n < 60; ++n)
    EXPECT_NEAR(scan.reference[n], 100 + 10 * std::cos(2 * std::acos(-1.) * 6 * static_cast<double>(n) / 60), 1e-3);
  EXPECT_NEAR(scan.noisy[17], scan.reference[17], 1e-4);
}

TEST(FilteredScan, VolumesOfAwkwardSizeAndAPhaseComeThrough) {
  FilteredScanRequest request;
  request.size = {13, 11, 7};
  const std::size_t count = 13 * 11 * 7;
  std::vector<float> clean(count), phase(count);
  for (std::size_t n = 0; n < count; ++n)
    clean[n] = static_cast<float>(n % 29), phase[n] = 0.01f * static_cast<float>(n % 31);
  request.phase = phase.data();
  const FilteredScan scan = filtered_scan(clean, std::vector<float>(count, 0), request);
  for (std::size_t n = 0; n < count; ++n) EXPECT_NEAR(scan.reference[n], clean[n], 1e-4);
}

TEST(FilteredScan, DoesNotDependOnTheNumberOfThreads) {
  FilteredScanRequest request;
  request.size = {40, 36, 50};
  request.filter = some_filter();
  request.seed = 9;
  const std::vector<float> clean(40 * 36 * 50, 5), sigma(clean.size(), 1);
  request.threads = 1;
  const FilteredScan one = filtered_scan(clean, sigma, request);
  request.threads = 3;
  EXPECT_EQ(one.noisy, filtered_scan(clean, sigma, request).noisy);
  request.seed = 10;
  EXPECT_NE(one.noisy, filtered_scan(clean, sigma, request).noisy);
}

TEST(FilteredScan, RefusesNoCoils) {
  FilteredScanRequest request;
  request.size = {1, 1, 1};
  request.coils = 0;
  EXPECT_THROW(filtered_scan({1}, {1}, request), Error);
}

}  // namespace
}  // namespace voxprior
