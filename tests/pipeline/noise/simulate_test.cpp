#include "pipeline/noise/simulate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.h"
#include "pipeline/noise/rician.h"

namespace voxprior {
namespace {

constexpr std::size_t kCount = 1000000;

struct Moments {
  double mean, second;
};
Moments moments(const std::vector<float>& x) {
  double sum = 0, squares = 0;
  for (const double v : x) sum += v, squares += v * v;
  return {sum / static_cast<double>(x.size()), squares / static_cast<double>(x.size())};
}

TEST(AddGaussianNoise, KeepsTheMeanAndAddsTheVariance) {
  std::vector<float> x(kCount, 10);
  add_gaussian_noise(x.data(), x.size(), 3, 0);
  const Moments m = moments(x);
  EXPECT_NEAR(m.mean, 10, 0.012);  // four standard errors
  EXPECT_NEAR(std::sqrt(m.second - m.mean * m.mean), 3, 4 * 3 / std::sqrt(2. * kCount));
}

TEST(AddRicianNoise, HasTheRicianMeanAndSecondMoment) {
  for (const double nu : {0.0, 0.5, 1.0, 3.0, 20.0}) {
    std::vector<float> x(kCount, static_cast<float>(2 * nu));
    add_rician_noise(x.data(), x.size(), 2, 1);
    const Moments m = moments(x);
    EXPECT_NEAR(m.mean / 2, rician_mean(nu), 0.004) << nu;  // four standard errors of a deviation of 1 at most
    EXPECT_NEAR(m.second / 4 / rician_second_moment(nu), 1, 0.004) << nu;
  }
}

TEST(AddRicianNoise, SeesOnlyTheMagnitudeOfTheSignal) {
  std::vector<float> x(kCount, -6);
  add_rician_noise(x.data(), x.size(), 2, 1);
  EXPECT_NEAR(moments(x).mean / 2, rician_mean(3), 0.004);
}

TEST(AddNoncentralChiNoise, HasItsSecondMoment) {
  for (const int coils : {1, 4, 8}) {
    std::vector<float> x(kCount, 5);
    add_noncentral_chi_noise(x.data(), x.size(), 2, coils, 1);
    EXPECT_NEAR(moments(x).second, 25 + 2 * coils * 4, 0.15) << coils;  // standard error 0.02 to 0.04
  }
}

TEST(AddNoncentralChiNoise, WithOneCoilIsRician) {
  std::vector<float> x(1000, 5), y = x;
  add_noncentral_chi_noise(x.data(), x.size(), 2, 1, 7);
  add_rician_noise(y.data(), y.size(), 2, 7);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_FLOAT_EQ(x[i], y[i]);
}

TEST(AddNoncentralChiNoise, RefusesNoCoils) {
  float x = 1;
  EXPECT_THROW(add_noncentral_chi_noise(&x, 1, 1, 0, 0), Error);
}

TEST(AddNoise, DoesNotDependOnTheNumberOfThreads) {
  const std::size_t n = 300001;
  std::vector<float> one(n, 4), three(n, 4);
  add_gaussian_noise(one.data(), n, 1, 5, 1);
  add_gaussian_noise(three.data(), n, 1, 5, 3);
  EXPECT_EQ(one, three);
  add_rician_noise(one.data(), n, 1, 6, 1);
  add_rician_noise(three.data(), n, 1, 6, 3);
  EXPECT_EQ(one, three);
  add_noncentral_chi_noise(one.data(), n, 1, 2, 7, 1);
  add_noncentral_chi_noise(three.data(), n, 1, 2, 7, 3);
  EXPECT_EQ(one, three);
}

}  // namespace
}  // namespace voxprior
