#include "workflows/uncertainty.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

using testing::Each;
using testing::HasSubstr;

/// A "model" that lets 0.6 of everything through, and whose samples lie 0.1 above and below that by turns.
class HalfwaySession final : public DenoiseSession {
 public:
  const ModelFacts& model() const override { return facts_; }
  std::string device() const override { return "cpu"; }
  std::string precision() const override { return "float32"; }
  DenoisePlan plan(std::array<std::int64_t, 3> size, double, std::int64_t) const override { return {size, size}; }

  void denoise(std::vector<float>& voxels, const DenoisePlan&, double sigma, ProgressDisplay& progress) const override {
    EXPECT_GE(sigma, facts_.sigma_min * (1 - 1e-6));
    EXPECT_LE(sigma, facts_.sigma_max * (1 + 1e-6));
    for (float& v : voxels) v *= 0.6F;
    progress.update(1);
  }
  void denoise(std::vector<float>& voxels, const DenoisePlan& plan, const std::vector<float>& sigma,
               ProgressDisplay& progress) const override {
    denoise(voxels, plan, static_cast<double>(*std::min_element(sigma.begin(), sigma.end())), progress);
  }
  void sample(std::vector<float>& voxels, const DenoisePlan&, const std::vector<float>& sigma,
              const SampleSettings& settings, ProgressDisplay& progress) const override {
    sampled_at = sigma;
    for (float& v : voxels) v = 0.6F * v + (settings.number % 2 == 0 ? 0.1F : -0.1F);
    progress.update(1);
  }
  void follow_bridge(std::vector<float>&, const DenoisePlan&, const BridgeRun&, ProgressDisplay&) const override {
    FAIL() << "not a bridge";
  }

  mutable std::vector<float> sampled_at;

 private:
  ModelFacts facts_{"halfway", "", "any", "", 0.01, 0.5, 0, 100};
};

/// Remembers how far it was told to be.
class Recorder final : public ProgressDisplay {
 public:
  void stage(const std::string& name) override { stages.push_back(name), fractions.clear(); }
  void update(double fraction) override { fractions.push_back(fraction); }
  void note(const std::string&) override {}

  std::vector<std::string> stages;
  std::vector<double> fractions;
};

/// A bright cube in dim air.
Volume scan() {
  Volume volume;
  volume.geometry.size = {20, 22, 24};
  volume.voxels.assign(20 * 22 * 24, 100);
  for (int k = 4; k < 20; ++k)
    for (int j = 4; j < 18; ++j)
      for (int i = 4; i < 16; ++i) volume.voxels[static_cast<size_t>((k * 22 + j) * 20 + i)] = 800;
  return volume;
}

struct Denoising {
  explicit Denoising(double sigma_of_range)
      : unit(mr_intensity_map(noisy.voxels.data(), noisy.voxels.size())),
        noise{NoiseKind::gaussian, sigma_of_range * unit.scale, false, true, ""},
        units(noisy, noise, unit),
        denoiser(session, plan, {static_cast<float>(sigma_of_range)}),
        x(units.to_network(noisy.voxels)),
        denoised_x(x) {
    denoiser.denoise(denoised_x, progress);
    denoised = units.from_network(denoised_x);
  }
  Uncertainty find(const UncertaintyChoices& choices, double strength = 1) {
    return find_uncertainty({noisy, noise, units, x, denoised_x, denoised, strength}, denoiser, choices, progress);
  }

  Volume noisy = scan();
  IntensityMap unit;
  NoiseLevel noise;
  NetworkUnits units;
  HalfwaySession session;
  DenoisePlan plan;
  Recorder progress;
  DenoiserAtNoise denoiser;
  std::vector<float> x, denoised_x, denoised;
};

TEST(FindUncertainty, IsTheSpreadAroundTheResultInTheUnitOfTheVolume) {
  Denoising run(0.2);
  const Uncertainty even = run.find({4, 7, false}), odd = run.find({5, 7, false});
  for (const float s : even.deviation) EXPECT_NEAR(s, 0.1 * run.unit.scale, 1e-2);
  EXPECT_NEAR(even.record["rms_deviation"].get<double>(), 0.1 * run.unit.scale, 1e-2);
  EXPECT_NEAR(even.record["rms_of_mean_less_result"].get<double>(), 0, 1e-3);
  EXPECT_NEAR(odd.record["rms_of_mean_less_result"].get<double>(), 0.1 * run.unit.scale / 5, 1e-2);
  EXPECT_EQ(even.record["seed"], 7);
  EXPECT_TRUE(even.data_share.empty());
  ASSERT_EQ(even.lines.size(), 1U);
  EXPECT_THAT(even.lines[0], HasSubstr("0.50 sigma (4 samples)"));
}

TEST(FindUncertainty, TheDataShareIsThatOfTheDenoiserAndItsDose) {
  Denoising run(0.2);
  const Uncertainty full = run.find({0, 0, true}), dose = run.find({0, 0, true}, 0.5);
  for (const float s : full.data_share) EXPECT_NEAR(s, 0.6, 1e-4);
  for (const float s : dose.data_share) EXPECT_NEAR(s, 0.8, 1e-4);
  EXPECT_NEAR(full.record["data_share"]["median"].get<double>(), 0.6, 1e-9);
  EXPECT_EQ(full.record["data_share"]["below_one_half"], 0);
  EXPECT_TRUE(full.deviation.empty());
}

TEST(FindUncertainty, ProgressOfEachStageRisesToOne) {
  Denoising run(0.2);
  run.progress.stages.clear();
  run.find({4, 0, true});
  EXPECT_EQ(run.progress.stages.size(), 2U);
  EXPECT_TRUE(std::is_sorted(run.progress.fractions.begin(), run.progress.fractions.end()));
  EXPECT_DOUBLE_EQ(run.progress.fractions.front(), 1. / 8);
  EXPECT_DOUBLE_EQ(run.progress.fractions.back(), 1);
}

TEST(DenoiserAtNoise, BelowTheLevelsTrainedOnLessIsDoneAndSamplesKnowIt) {
  Denoising run(0.005);  // (0.005 / 0.01)^2 of the change
  for (size_t i = 0; i < run.x.size(); i += 101) EXPECT_NEAR(run.denoised_x[i], 0.9 * run.x[i], 1e-6);
  ASSERT_EQ(run.denoiser.notices().size(), 1U);
  EXPECT_THAT(run.denoiser.notices()[0], HasSubstr("only 25 % of its change"));
  run.find({2, 0, false});
  EXPECT_EQ(run.session.sampled_at, std::vector<float>{0.005F});
}

TEST(DenoiserAtNoise, AboveTheLevelsTrainedOnTheStrongestIsTaken) {
  Denoising run(0.8);
  for (size_t i = 0; i < run.x.size(); i += 101) EXPECT_NEAR(run.denoised_x[i], 0.6 * run.x[i], 1e-6);
  ASSERT_EQ(run.denoiser.notices().size(), 1U);
  EXPECT_THAT(run.denoiser.notices()[0], HasSubstr("some of it will remain"));
  run.find({2, 0, false});
  EXPECT_EQ(run.session.sampled_at, std::vector<float>{0.5F});
  EXPECT_THAT(Denoising(0.2).denoiser.notices(), testing::IsEmpty());
}

TEST(UncertaintyOfCopy, IsTheNoiseThatIsStillThere) {
  const Volume volume = scan();
  NoiseLevel noise{NoiseKind::gaussian, 0.25, false, true, ""};
  const Uncertainty even = uncertainty_of_copy(volume, noise, {2, 0, true});
  EXPECT_THAT(even.deviation, Each(0.25F));
  EXPECT_THAT(even.data_share, Each(1.F));
  noise.map.assign(volume.voxels.size(), 0.5F);
  EXPECT_THAT(uncertainty_of_copy(volume, noise, {2, 0, false}).deviation, Each(0.5F));
  EXPECT_TRUE(uncertainty_of_copy(volume, noise, {}).deviation.empty());
}

}  // namespace
}  // namespace voxprior
