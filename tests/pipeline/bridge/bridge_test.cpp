#include <gmock/gmock.h>
#include <torch/types.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "pipeline/bridge/drift_corrected.h"
#include "pipeline/bridge/i2sb.h"
#include "pipeline/bridge/indi.h"
#include "pipeline/bridge/one_step.h"
#include "pipeline/bridge/path.h"
#include "pipeline/bridge/process_defined.h"
#include "pipeline/bridge/registry.h"
#include "pipeline/samplers/step_noise.h"

// Samplers of bridges between scans and clean volumes, on predictors of which the answer is known.

namespace voxprior {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;
using testing::Pointwise;

constexpr double kEpsilon = 0.3;

torch::Tensor random_volume(int seed, std::int64_t side = 4) {
  torch::manual_seed(static_cast<std::uint64_t>(seed));
  return torch::randn({1, 1, side, side + 1, side + 2});
}

double largest(const torch::Tensor& difference) { return difference.abs().max().item<double>(); }

/// Knows the clean volume.
BridgePredictor oracle(const torch::Tensor& clean) {
  return [clean](const torch::Tensor&, double) { return clean; };
}

/// Neither linear nor right: two algorithms that agree on it agree.
torch::Tensor bent(const torch::Tensor& x, double share) { return (x * (1 + share)).sin() + share * share; }

torch::Tensor sample(const NamedBridgeSampler& sampler, const BridgePredictor& predict, const torch::Tensor& scan,
                     const std::vector<double>& path, double epsilon = 0, std::uint64_t seed = 0) {
  return sampler.sample(predict, scan, path, step_noise({seed}), epsilon);
}

TEST(EveryBridgeSampler, AnOracleLeadsToTheCleanVolumeInAnyNumberOfSteps) {
  for (const NamedBridgeSampler& sampler : named_bridge_samplers()) {
    SCOPED_TRACE(sampler.name);
    const torch::Tensor clean = random_volume(1), scan = random_volume(2);
    for (const int steps : {1, 2, 3, 7, 50})
      // Rounding: 4e-6 after 50 steps.
      EXPECT_LT(largest(sample(sampler, oracle(clean), scan, bridge_path(steps), kEpsilon) - clean), 2e-5) << steps;
  }
}

TEST(EveryBridgeSampler, StrengthIsTheShareOfTheNoiseThatIsRemoved) {
  for (const NamedBridgeSampler& sampler : named_bridge_samplers()) {
    SCOPED_TRACE(sampler.name);
    const torch::Tensor clean = random_volume(1), scan = random_volume(2);
    for (const double strength : {0., 0.1, 0.35, 0.5, 0.99, 1.})
      for (const int steps : {1, 4, 9})
        EXPECT_LT(largest(sample(sampler, oracle(clean), scan, bridge_path(steps, strength)) -
                          (scan + strength * (clean - scan))),
                  2e-6)
            << strength << " in " << steps;
  }
}

TEST(EveryBridgeSampler, OneStepIsPlainRegression) {
  for (const NamedBridgeSampler& sampler : named_bridge_samplers()) {
    SCOPED_TRACE(sampler.name);
    const torch::Tensor scan = random_volume(2);
    EXPECT_LT(largest(sample(sampler, bent, scan, bridge_path(1)) - bent(scan, 1)), 1e-6);
  }
}

TEST(EveryBridgeSampler, EvaluatesAsOftenAsItSaysAndOnlyAtSharesOfThePath) {
  for (const NamedBridgeSampler& sampler : named_bridge_samplers()) {
    SCOPED_TRACE(sampler.name);
    const torch::Tensor scan = random_volume(2);
    for (const double strength : {0., 0.6, 1.}) {
      const std::vector<double> path = bridge_path(5, strength);
      std::vector<double> asked;
      const BridgePredictor counted = [&](const torch::Tensor& x, double share) {
        asked.push_back(share);
        return bent(x, share);
      };
      sample(sampler, counted, scan, path, kEpsilon);
      ASSERT_EQ(static_cast<int>(asked.size()), evaluations(sampler, path)) << strength;
      EXPECT_TRUE(std::equal(asked.begin(), asked.end(), path.begin()));
    }
  }
}

TEST(EveryBridgeSampler, OnlyStochasticOnesDependOnTheSeed) {
  for (const NamedBridgeSampler& sampler : named_bridge_samplers()) {
    SCOPED_TRACE(sampler.name);
    const torch::Tensor scan = random_volume(2);
    const auto at = [&](std::uint64_t seed) { return sample(sampler, bent, scan, bridge_path(4), kEpsilon, seed); };
    EXPECT_TRUE(torch::equal(at(3), at(3)));
    EXPECT_EQ(torch::equal(at(3), at(4)), !sampler.draws_noise);
  }
}

TEST(EveryBridgeSampler, RefusesAPathThatDoesNotFallFromOne) {
  for (const NamedBridgeSampler& sampler : named_bridge_samplers()) {
    SCOPED_TRACE(sampler.name);
    const torch::Tensor scan = random_volume(2);
    for (const std::vector<double>& path : {std::vector<double>{}, {0.9, 0}, {1, 0.5, 0.5}, {1, NAN}, {1, -0.1}})
      EXPECT_THROW(sample(sampler, bent, scan, path), c10::Error);
  }
}

TEST(DriftFixed, TelescopesToTheMeanOfItsPredictions) {
  const torch::Tensor scan = random_volume(2);
  const std::vector<double> path{1, 0.9, 0.45, 0.3, 0};
  torch::Tensor mean = torch::zeros_like(scan);
  std::size_t i = 0;
  const BridgePredictor kept = [&](const torch::Tensor& x, double share) {
    const torch::Tensor f = bent(x, share);
    mean += (path[i] - path[i + 1]) * f;
    ++i;
    return f;
  };
  EXPECT_LT(largest(sample_drift_fixed(kept, scan, path) - mean), 1e-6);
}

TEST(DriftImplied, IsInDiWithoutNoiseAndI2sbWithoutNoise) {
  const torch::Tensor scan = random_volume(2);
  const torch::Tensor drift = sample_drift_implied(bent, scan, bridge_path(6));
  EXPECT_TRUE(torch::equal(drift, sample_indi(bent, scan, bridge_path(6), step_noise({0}), [](double) { return 0.; })));
  EXPECT_TRUE(torch::equal(drift, sample_i2sb(bent, scan, bridge_path(6), step_noise({0}), 0)));
}

// The equation before it is simplified: away from the old point of the process, towards the new one.
TEST(DriftCorrected, BothVariantsAreTheOneEquation) {
  const torch::Tensor scan = random_volume(2);
  const std::vector<double> path = bridge_path(5, 0.9);
  torch::Tensor fixed = scan, implied = scan;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const double a = path[i], b = path[i + 1];
    const auto step = [&](const torch::Tensor& x, const torch::Tensor& f, const torch::Tensor& noisy) {
      return x - ((1 - a) * f + a * noisy) + ((1 - b) * f + b * noisy);
    };
    fixed = step(fixed, bent(fixed, a), scan);
    const torch::Tensor f = bent(implied, a);
    implied = step(implied, f, (implied - (1 - a) * f) / a);
  }
  EXPECT_LT(largest(sample_drift_fixed(bent, scan, path) - fixed), 2e-6);
  EXPECT_LT(largest(sample_drift_implied(bent, scan, path) - implied), 2e-6);
}

// f = x0 + e_i: process-defined and drift-implied end in the last error alone, drift-fixed in the mean of all of
// them.
TEST(DriftFixed, AveragesErrorsThatTheOthersEndIn) {
  constexpr int kSteps = 4;
  const torch::Tensor clean = random_volume(1, 16), scan = random_volume(2, 16);
  std::vector<torch::Tensor> errors;
  for (int i = 0; i < kSteps; ++i) errors.push_back(random_volume(10 + i, 16));
  const auto error_of = [&](auto sampler) {
    std::size_t i = 0;
    const BridgePredictor wrong = [&](const torch::Tensor&, double) { return clean + errors[i++]; };
    return torch::Tensor(sampler(wrong, scan, bridge_path(kSteps)) - clean);
  };
  EXPECT_LT(largest(error_of(sample_process_defined) - errors.back()), 2e-6);
  EXPECT_LT(largest(error_of(sample_drift_implied) - errors.back()), 2e-6);
  EXPECT_LT(largest(error_of(sample_drift_fixed) - torch::stack(errors).mean(0)), 2e-6);
  EXPECT_NEAR(error_of(sample_drift_fixed).var().item<double>(), 1. / kSteps, 0.02);
}

// With an oracle every point has the variance that the paper gives it.
TEST(InDi, PointsCarryTheNoiseThatItsEquationSays) {
  const torch::Tensor clean = random_volume(1, 32), scan = random_volume(2, 32);
  const double brownian = 0.2;
  for (const double strength : {0.25, 0.5, 0.75}) {
    const std::vector<double> path = bridge_path(8, strength);
    const torch::Tensor mean = scan + strength * (clean - scan);
    const torch::Tensor constant =
        sample_indi(oracle(clean), scan, path, step_noise({5}), [](double) { return kEpsilon; });
    EXPECT_NEAR((constant - mean).std().item<double>() / (kEpsilon * (1 - strength)), 1, 0.02) << strength;
    const torch::Tensor moving =
        sample_indi(oracle(clean), scan, path, step_noise({5}), [&](double a) { return brownian / std::sqrt(a); });
    EXPECT_NEAR((moving - mean).std().item<double>() / (brownian * std::sqrt(1 - strength)), 1, 0.02) << strength;
  }
}

TEST(I2sb, PointsCarryTheNoiseOfABrownianBridge) {
  const torch::Tensor clean = random_volume(1, 32), scan = random_volume(2, 32);
  for (const double share : {0.25, 0.5, 0.75}) {
    torch::Tensor at_share;
    const BridgePredictor watching = [&](const torch::Tensor& x, double a) {
      if (std::abs(a - share) < 1e-9) at_share = x;
      return clean;
    };
    sample_i2sb(watching, scan, bridge_path(8), step_noise({5}), kEpsilon);
    const torch::Tensor mean = (1 - share) * clean + share * scan;
    EXPECT_NEAR((at_share - mean).std().item<double>() / (kEpsilon * std::sqrt(share * (1 - share))), 1, 0.02) << share;
  }
}

// Scans y = x0 + n of Gaussian data: the exact predictor is linear, and the flow must carry the distribution of scans
// to that of clean volumes, which regression leaves too smooth.
TEST(DriftImplied, ExactPredictionsRestoreTheVarianceThatRegressionLoses) {
  const double clean_variance = 1, noise_variance = 0.5;
  const torch::Tensor scan = random_volume(1, 32) + std::sqrt(noise_variance) * random_volume(2, 32);
  const BridgePredictor exact = [&](const torch::Tensor& x, double share) {
    return x * (clean_variance / (clean_variance + share * share * noise_variance));
  };
  const double one = sample_one_step(exact, scan, bridge_path(1)).var().item<double>();
  const double many = sample_drift_implied(exact, scan, bridge_path(200)).var().item<double>();
  EXPECT_NEAR(one, clean_variance / (clean_variance + noise_variance), 0.02);
  EXPECT_NEAR(many, clean_variance, 0.02);
}

TEST(BridgePath, FallsInEqualStepsAndStopsWhereTheStrengthSays) {
  const auto is = [](const std::vector<double>& expected) { return Pointwise(DoubleNear(1e-12), expected); };
  EXPECT_THAT(bridge_path(1), is({1, 0}));
  EXPECT_THAT(bridge_path(4), is({1, 0.75, 0.5, 0.25, 0}));
  EXPECT_THAT(bridge_path(4, 0.6), is({1, 0.75, 0.5, 0.4}));
  EXPECT_THAT(bridge_path(4, 0.5), is({1, 0.75, 0.5}));
  EXPECT_THAT(bridge_path(10, 0.3), is({1, 0.9, 0.8, 0.7}));
  EXPECT_THAT(bridge_path(4, 0.1), is({1, 0.9}));
  EXPECT_THAT(bridge_path(4, 0), is({1}));
  EXPECT_EQ(bridge_path(7).back(), 0);  // exactly, so that no divided share of the scan is left
}

TEST(BridgePath, RefusesStepsAndStrengthsThatMeanNothing) {
  EXPECT_THROW(bridge_path(0), Error);
  EXPECT_THROW(bridge_path(4, -0.1), Error);
  EXPECT_THROW(bridge_path(4, 1.1), Error);
  EXPECT_THROW(bridge_path(4, NAN), Error);
}

TEST(BridgeRegistry, AnUnknownNameIsRefusedWithTheKnownOnes) {
  try {
    bridge_sampler_by_name("drift");
    FAIL() << "found";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ExitCode::usage);
    for (const NamedBridgeSampler& sampler : named_bridge_samplers()) EXPECT_THAT(e.what(), HasSubstr(sampler.name));
  }
}

}  // namespace
}  // namespace voxprior
