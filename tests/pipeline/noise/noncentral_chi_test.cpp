#include "pipeline/noise/noncentral_chi.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "pipeline/noise/rician.h"
#include "pipeline/noise/simulate.h"

namespace voxprior {
namespace {

TEST(NoncentralChi, WithOneCoilIsRician) {
  for (const double nu : {0., 0.3, 2., 8., 60.}) {
    EXPECT_NEAR(noncentral_chi_mean(nu, 1), rician_mean(nu), 1e-9 * (1 + nu)) << nu;
    EXPECT_NEAR(noncentral_chi_sd(nu, 1), rician_sd(nu), 1e-6) << nu;
  }
}

// E[chi with 2n degrees] = sqrt(2) Gamma(n + 1/2) / Gamma(n).
TEST(NoncentralChi, WithoutSignalIsChi) {
  EXPECT_NEAR(noncentral_chi_mean(0, 2), std::sqrt(2.) * 0.75 * std::sqrt(std::acos(-1.)), 1e-12);
  EXPECT_NEAR(noncentral_chi_mean(0, 4), std::sqrt(2.) * (105. / 16) * std::sqrt(std::acos(-1.)) / 6, 1e-12);
}

TEST(NoncentralChi, HasTheMomentsOfWhatIsSimulated) {
  constexpr std::size_t kCount = 200000;
  for (const int coils : {2, 8, 16})
    for (const double nu : {0., 1., 5.}) {
      std::vector<float> x(kCount, static_cast<float>(nu));
      add_noncentral_chi_noise(x.data(), kCount, 1., coils, 4);
      double sum = 0, squares = 0;
      for (const double v : x) sum += v, squares += v * v;
      const double mean = sum / kCount, sd = std::sqrt(squares / kCount - mean * mean);
      EXPECT_NEAR(mean, noncentral_chi_mean(nu, coils), 0.01) << coils << " " << nu;  // four standard errors
      EXPECT_NEAR(sd, noncentral_chi_sd(nu, coils), 0.008) << coils << " " << nu;
    }
}

TEST(NoncentralChi, SeriesAndAsymptoteMeet) {
  for (const int coils : {1, 8, 32}) {
    const double at = 40 + coils;  // where one takes over from the other
    EXPECT_NEAR(noncentral_chi_mean(at - 1e-6, coils), noncentral_chi_mean(at + 1e-6, coils), 1e-3) << coils;
    EXPECT_NEAR(noncentral_chi_sd(at - 1e-6, coils), noncentral_chi_sd(at + 1e-6, coils), 3e-3) << coils;
  }
}

TEST(NoncentralChi, SignalIsFoundFromTheMean) {
  for (const int coils : {1, 4, 16})
    for (const double nu : {0.5, 3., 50.})
      EXPECT_NEAR(noncentral_chi_nu_of_mean(noncentral_chi_mean(nu, coils), coils), nu, 1e-5) << coils << " " << nu;
  EXPECT_EQ(noncentral_chi_nu_of_mean(1, 4), 0);
}

}  // namespace
}  // namespace voxprior
