// add-noise puts in what it says, and info sees it.
#include <cmath>

#include "io/volume_file.h"
#include "tests/support/awkward_volume.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::testdata;
using test::voxprior_run;
using testing::HasSubstr;

class InfoAndNoise : public test::WorkflowTest {
 protected:
  Outcome add_noise(const std::string& in, const std::string& out, std::vector<std::string> options) {
    std::vector<std::string> words{"add-noise", in, out};
    words.insert(words.end(), options.begin(), options.end());
    return voxprior_run(words);
  }

  nlohmann::json info(const std::string& path) {
    const Outcome outcome = voxprior_run({"info", "--json", path});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out);
  }
};

TEST_F(InfoAndNoise, InfoTellsGridTypeAndOrientation) {
  Volume volume = test::awkward_volume();
  volume.stored.type = VoxelType::int16;
  write_volume(scratch_ / "a.nii.gz", volume);
  const nlohmann::json about = info(file("a.nii.gz"));
  EXPECT_EQ(about["format"], "NIfTI");
  EXPECT_EQ(about["size"], (std::vector<int>{7, 5, 6}));
  EXPECT_NEAR(about["spacing_mm"][2].get<double>(), 2.9, 1e-6);
  EXPECT_EQ(about["stored_type"], "int16");
  EXPECT_EQ(about["orientation"], "LPS");
  EXPECT_EQ(about["intensity"]["least"], -1000);

  const Outcome text = voxprior_run({"info", file("a.nii.gz")});
  EXPECT_THAT(text.out, HasSubstr("7 x 5 x 6 voxels of 0.7 x 1.3 x 2.9 mm, LPS"));
}

TEST_F(InfoAndNoise, InfoRefusesWhatDenoiseRefuses) {
  test::put_bytes(scratch_ / "bad.nii.gz", "no volume");
  expect_refused(voxprior_run({"info", file("bad.nii.gz")}), 3, "info");
  expect_refused(voxprior_run({"info", file("missing.nii")}), 3, "info");
}

TEST_F(InfoAndNoise, InfoSeesTheNoiseThatWasAdded) {
  const std::string clean = testdata("brain_t1_sub-41.nii.gz");
  ASSERT_EQ(add_noise(clean, file("noisy.nii"), {"--kind", "gaussian", "--percent", "5"}).exit_code, 0);
  const double sigma = json("noisy.voxprior.json")["noise"]["sigma"];
  EXPECT_NEAR(sigma, 50, 0.5);  // 5 % of a 99.5th percentile of 1000
  const nlohmann::json noise = info(file("noisy.nii"))["noise"];
  EXPECT_EQ(noise["kind"], "gaussian");
  EXPECT_NEAR(noise["sigma"].get<double>() / sigma, 1, 0.08);
  EXPECT_EQ(noise["white"], true);
}

TEST_F(InfoAndNoise, InfoTellsTheSpectrumOfCorrelatedNoiseOfARealBrain) {
  const std::string clean = testdata("brain_t1_sub-41.nii.gz");
  ASSERT_EQ(
      add_noise(clean, file("noisy.nii"), {"--kind", "rician", "--percent", "8", "--kept", "0.7,0.6,1"}).exit_code, 0);
  const nlohmann::json noise = info(file("noisy.nii"))["noise"];
  EXPECT_EQ(noise["white"], false);
  EXPECT_NEAR(noise["sigma"].get<double>() / 80, 1, 0.12);
  EXPECT_NEAR(noise["spectrum"]["kept"][0].get<double>(), 0.7, 0.04);
  EXPECT_NEAR(noise["spectrum"]["kept"][1].get<double>(), 0.6, 0.04);
  EXPECT_NEAR(noise["spectrum"]["kept"][2].get<double>(), 1, 0.06);
  EXPECT_GT(noise["spectrum"]["confidence"], 0.75);
  EXPECT_THAT(voxprior_run({"info", file("noisy.nii")}).out, HasSubstr("spectrum   kept 0."));
}

TEST_F(InfoAndNoise, InfoTellsHowNoiseVariesOverARealBrain) {
  const std::string clean = testdata("brain_t1_sub-41.nii.gz");
  ASSERT_EQ(add_noise(clean, file("noisy.nii"), {"--kind", "rician", "--percent", "9", "--spread", "side"}).exit_code,
            0);
  const nlohmann::json noise = info(file("noisy.nii"))["noise"];
  EXPECT_EQ(noise["map"]["varies"], true);
  EXPECT_GT(noise["map"]["p95"].get<double>() / noise["map"]["p5"].get<double>(), 2);
  EXPECT_NEAR(noise["sigma"].get<double>() / 90, 1, 0.12);

  ASSERT_EQ(add_noise(clean, file("even.nii"), {"--kind", "rician", "--percent", "9"}).exit_code, 0);
  const nlohmann::json even = info(file("even.nii"))["noise"];
  EXPECT_EQ(even["map"]["varies"], false);
  EXPECT_EQ(even["white"], true);
  EXPECT_GT(even["sigma_confidence"], 0.9);
}

TEST_F(InfoAndNoise, InfoCountsCoils) {
  ASSERT_EQ(add_noise(testdata("brain_t1_sub-41.nii.gz"), file("noisy.nii"),
                      {"--kind", "ncchi", "--coils", "4", "--percent", "6"})
                .exit_code,
            0);
  const nlohmann::json noise = info(file("noisy.nii"))["noise"];
  EXPECT_EQ(noise["kind"], "ncchi");
  EXPECT_EQ(noise["coils"], 4);
  EXPECT_GT(noise["kind_confidence"], 0.6);
}

TEST_F(InfoAndNoise, GaussianNoiseHasTheSigmaAskedFor) {
  const std::string clean = testdata("brain_t1_crop.nii.gz");
  ASSERT_EQ(add_noise(clean, file("noisy.nii"), {"--kind", "gaussian", "--sigma", "30"}).exit_code, 0);
  const Volume before = read_volume(clean), after = read_volume(file("noisy.nii"));
  EXPECT_EQ(after.stored.type, VoxelType::float32);
  double sum = 0, squares = 0;
  for (size_t i = 0; i < before.voxels.size(); ++i) {
    const double n = after.voxels[i] - before.voxels[i];
    sum += n, squares += n * n;
  }
  const auto count = static_cast<double>(before.voxels.size());
  EXPECT_NEAR(std::sqrt(squares / count), 30, 4 * 30 / std::sqrt(2 * count));  // 4 standard errors
  EXPECT_NEAR(sum / count, 0, 4 * 30 / std::sqrt(count));
}

TEST_F(InfoAndNoise, TheSeedDecidesTheNoise) {
  const std::string clean = testdata("brain_t1_crop.nii.gz");
  const std::vector<std::string> base{"--kind", "rician", "--sigma", "30"};
  const auto with_seed = [&](const std::string& out, const std::string& seed) {
    std::vector<std::string> options = base;
    options.insert(options.end(), {"--seed", seed});
    EXPECT_EQ(add_noise(clean, file(out), options).exit_code, 0);
    return read_volume(file(out)).voxels;
  };
  const auto first = with_seed("a.nii", "7");
  EXPECT_EQ(first, with_seed("b.nii", "7"));
  EXPECT_NE(first, with_seed("c.nii", "8"));
}

TEST_F(InfoAndNoise, KeepTypeStoresIntegers) {
  const std::string clean = testdata("brain_t1_crop.nii.gz");
  ASSERT_EQ(add_noise(clean, file("n.nii"), {"--sigma", "30", "--keep-type"}).exit_code, 0);
  EXPECT_EQ(read_volume(file("n.nii")).stored.type, read_volume(clean).stored.type);
}

TEST_F(InfoAndNoise, StrengthIsGivenOnceAndCoilsOnlyWhereTheyMeanSomething) {
  const std::string clean = testdata("brain_t1_crop.nii.gz");
  expect_refused(add_noise(clean, file("n.nii"), {}), 2, "add-noise");
  expect_refused(add_noise(clean, file("n.nii"), {"--sigma", "3", "--percent", "5"}), 2, "add-noise");
  expect_refused(add_noise(clean, file("n.nii"), {"--sigma", "3", "--coils", "4"}), 2, "add-noise");
  EXPECT_EQ(add_noise(clean, file("n.nii"), {"--sigma", "3", "--coils", "4", "--kind", "ncchi"}).exit_code, 0);
}

}  // namespace
}  // namespace voxprior
