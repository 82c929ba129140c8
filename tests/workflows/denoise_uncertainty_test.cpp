// denoise --uncertainty and --data-share. The model is random: how far a trained one is right is for
// bench/calibration.py.
#include <algorithm>
#include <cmath>

#include "io/volume_file.h"
#include "pipeline/noise/random.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::testdata;
using testing::Each;
using testing::HasSubstr;

class DenoiseUncertainty : public test::WorkflowTest {
 protected:
  void SetUp() override {
    write_volume(file("clean.nii"), corner());
    make("noisy.nii", {"--kind", "gaussian", "--sigma", "90"});
  }

  /// A part of a real volume, small enough to draw samples of in no time.
  static Volume corner() {
    const Volume whole = read_volume(testdata("brain_t1_crop.nii.gz"));
    Volume corner;
    corner.geometry = whole.geometry;
    corner.geometry.size = {26, 24, 22};
    for (std::int64_t k = 0; k < 22; ++k)
      for (std::int64_t j = 0; j < 24; ++j)
        for (std::int64_t i = 0; i < 26; ++i)
          corner.voxels.push_back(
              whole.voxels[static_cast<size_t>((k * whole.geometry.size[1] + j) * whole.geometry.size[0] + i)]);
    return corner;
  }
  void make(const std::string& name, const std::vector<std::string>& options) const {
    std::vector<std::string> words{"add-noise", file("clean.nii"), file(name)};
    words.insert(words.end(), options.begin(), options.end());
    const Outcome outcome = test::voxprior_run(words);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  /// The map of `denoise in x.nii --uncertainty name --mirrors 1 OPTIONS`.
  Volume deviation(const std::string& in, const std::string& name, const std::vector<std::string>& options) {
    std::vector<std::string> words{"--uncertainty", file(name), "--samples", "2", "--mirrors", "1", "--overwrite"};
    words.insert(words.end(), options.begin(), options.end());
    const Outcome outcome = denoise(file(in), file("x.nii"), words);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    said_ = outcome.out;
    return read_volume(file(name));
  }
  std::string said_;
};

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
  return largest;
}

double mean_of(std::vector<float>::const_iterator begin, std::vector<float>::const_iterator end) {
  double sum = 0;
  for (auto at = begin; at != end; ++at) sum += static_cast<double>(*at);
  return sum / static_cast<double>(end - begin);
}

TEST_F(DenoiseUncertainty, FollowsItsSeedAndIsTheSameInTiles) {
  const Volume first = deviation("noisy.nii", "a.nii", {"--sigma", "90", "--seed", "3"});
  EXPECT_EQ(first.stored.type, VoxelType::float32);
  EXPECT_EQ(deviation("noisy.nii", "b.nii", {"--sigma", "90", "--seed", "3"}).voxels, first.voxels);
  EXPECT_LT(largest_difference(deviation("noisy.nii", "c.nii", {"--sigma", "90", "--seed", "3", "--tile", "16"}).voxels,
                               first.voxels),
            0.1);  // of 1000
  EXPECT_GT(largest_difference(deviation("noisy.nii", "d.nii", {"--sigma", "90"}).voxels, first.voxels), 10);
}

TEST_F(DenoiseUncertainty, IsSaidAndRecordedAndLeavesTheResultAlone) {
  ASSERT_EQ(denoise(file("noisy.nii"), file("plain.nii"), {"--mirrors", "1", "--sigma", "90"}).exit_code, 0);
  const Volume spread = deviation("noisy.nii", "a.nii", {"--sigma", "90", "--data-share", file("share.nii")});
  EXPECT_EQ(read_volume(file("x.nii")).voxels, read_volume(file("plain.nii")).voxels);
  EXPECT_THAT(said_, HasSubstr("uncertainty: "));
  EXPECT_THAT(said_, HasSubstr("(2 samples)"));
  EXPECT_THAT(said_, HasSubstr("data share: "));

  const nlohmann::json sidecar = json("x.voxprior.json"), record = sidecar["uncertainty"];
  EXPECT_EQ(sidecar["outputs"]["uncertainty"], file("a.nii"));
  EXPECT_EQ(sidecar["outputs"]["data_share"], file("share.nii"));
  EXPECT_EQ(record["samples"], 2);
  EXPECT_EQ(record["seed"], 0);
  const double sigma = sidecar["noise"]["sigma"], typical = record["median_deviation"];
  EXPECT_GT(typical, 0.05 * sigma);
  EXPECT_LT(typical, 5 * sigma);  // samples of a random model may lie far from its answer
  const double below = record["data_share"]["below_one_half"];
  EXPECT_GE(below, 0);
  EXPECT_LE(below, 1);
  const Volume share = read_volume(file("share.nii"));
  EXPECT_GT(mean_of(share.voxels.begin(), share.voxels.end()), 0);
  EXPECT_LT(mean_of(share.voxels.begin(), share.voxels.end()), 1.1);
}

TEST_F(DenoiseUncertainty, ADoseLetsMoreOfTheDataThrough) {
  const auto share = [&](const std::string& strength) {
    const Outcome outcome =
        denoise(file("noisy.nii"), file("x.nii"),
                {"--sigma", "90", "--data-share", file("share.nii"), "--strength", strength, "--overwrite"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, testing::Not(HasSubstr("uncertainty: ")));
    return read_volume(file("share.nii")).voxels;
  };
  const std::vector<float> full = share("1"), half = share("0.5"), none = share("0");
  EXPECT_THAT(none, Each(1.F));
  for (size_t i = 0; i < full.size(); i += 997) EXPECT_NEAR(half[i], 0.5 + 0.5 * full[i], 1e-5);
}

TEST_F(DenoiseUncertainty, IsGreaterWhereTheNoiseIs) {
  Volume map = read_volume(file("noisy.nii"));
  const auto half = static_cast<std::ptrdiff_t>(map.voxels.size() / 2);
  std::fill(map.voxels.begin(), map.voxels.begin() + half, 20.F);
  std::fill(map.voxels.begin() + half, map.voxels.end(), 160.F);
  write_volume(file("map.nii"), map);
  const std::vector<float> spread = deviation("noisy.nii", "a.nii", {"--sigma-map", file("map.nii")}).voxels;
  EXPECT_GT(mean_of(spread.begin() + half, spread.end()), 1.5 * mean_of(spread.begin(), spread.begin() + half));
}

TEST_F(DenoiseUncertainty, OfMagnitudesAndCorrelatedNoiseIsInTheUnitOfTheVolume) {
  make("filtered.nii", {"--kind", "rician", "--sigma", "90", "--kept", "0.6,0.6,1"});
  const std::vector<float> spread =
      deviation("filtered.nii", "a.nii", {"--spectrum", "0.6,0.6,1", "--sigma", "50"}).voxels;
  const double mean = mean_of(spread.begin(), spread.end());
  EXPECT_GT(mean, 2);
  EXPECT_LT(mean, 250);  // five sigma
}

/// A slab of muscle in air, 64 x 64 x 4, with noise of 30 HU: white, or the mean of 3 x 3 voxels of such.
Volume slab_of_muscle(bool soft_kernel) {
  constexpr std::int64_t kSide = 64, kSlices = 4, kAir = 6;
  std::vector<float> noise(kSide * kSide * kSlices);
  fill_gaussian(noise.data(), noise.size(), 3, 0);
  Volume slab;
  slab.geometry.size = {kSide, kSide, kSlices};
  slab.geometry.spacing_mm = {0.7, 0.7, 2};
  for (std::int64_t at = 0; at < kSide * kSide * kSlices; ++at) {
    const std::int64_t i = at % kSide, j = at / kSide % kSide;
    float here = noise[static_cast<std::size_t>(at)];
    if (soft_kernel) {
      here = 0;
      for (const std::int64_t dj : {-1, 0, 1})
        for (const std::int64_t di : {-1, 0, 1})
          here += noise[static_cast<std::size_t>(at + ((j + dj + kSide) % kSide - j) * kSide +
                                                 ((i + di + kSide) % kSide - i))] /
                  3;
    }
    slab.voxels.push_back((i < kAir ? -1000.F : 40.F) + 30 * here);
  }
  return slab;
}

TEST_F(DenoiseUncertainty, OfCtDrawsNoiseAsTheKernelMadeIt) {
  write_volume(file("soft.nii"), slab_of_muscle(true));
  write_volume(file("plain.nii"), slab_of_muscle(false));
  const Volume told_by_scan = deviation("soft.nii", "a.nii", {"--force"});
  const nlohmann::json kernel = json("x.voxprior.json")["noise"]["kernel"];
  EXPECT_GT(kernel["cutoff"], 0.1);
  EXPECT_LT(kernel["cutoff"], 0.4);
  EXPECT_NEAR(kernel["overlap"].get<double>(), 0, 0.03);
  EXPECT_THAT(test::voxprior_run({"info", file("soft.nii")}).out, HasSubstr("kernel     spectrum f exp(-2 (f / 0."));

  Volume map = read_volume(file("soft.nii"));
  std::fill(map.voxels.begin(), map.voxels.end(), 30.F);
  write_volume(file("map.nii"), map);
  deviation("soft.nii", "d.nii", {"--force", "--sigma-map", file("map.nii")});
  EXPECT_NEAR(json("x.voxprior.json")["noise"]["kernel"]["cutoff"].get<double>(), kernel["cutoff"].get<double>(), 0.02);

  const Volume taken_for_white = deviation("soft.nii", "b.nii", {"--force", "--spectrum", "white"});
  EXPECT_TRUE(json("x.voxprior.json")["noise"]["kernel"].is_null());
  EXPECT_GT(largest_difference(told_by_scan.voxels, taken_for_white.voxels), 1);

  deviation("plain.nii", "c.nii", {"--force"});
  EXPECT_TRUE(json("x.voxprior.json")["noise"]["kernel"].is_null());
  EXPECT_EQ(json("x.voxprior.json")["noise"]["white"], true);
}

TEST_F(DenoiseUncertainty, BelowTheNoiseTrainedOnItIsAtMostTheNoise) {
  const std::vector<float> spread = deviation("noisy.nii", "a.nii", {"--sigma", "1"}).voxels;  // 0.1 % of the range
  const double mean = mean_of(spread.begin(), spread.end());
  EXPECT_GT(mean, 0.3);
  EXPECT_LT(mean, 1.05);
}

TEST_F(DenoiseUncertainty, WhereNothingWasRemovedIsThatOfTheNoise) {
  const std::vector<float> spread =
      deviation("noisy.nii", "a.nii", {"--sigma", "0.1", "--data-share", file("share.nii")}).voxels;
  EXPECT_THAT(spread, Each(0.1F));
  EXPECT_THAT(read_volume(file("share.nii")).voxels, Each(1.F));

  Volume flat = read_volume(file("noisy.nii"));
  std::fill(flat.voxels.begin(), flat.voxels.end(), 7.F);
  write_volume(file("flat.nii"), flat);
  EXPECT_THAT(deviation("flat.nii", "b.nii", {}).voxels, Each(0.F));
}

TEST_F(DenoiseUncertainty, OptionsThatDoNotFitAreRefused) {
  const auto refused = [&](int code, const std::vector<std::string>& options) {
    expect_refused(denoise(file("noisy.nii"), file("out.nii"), options), code, "denoise");
    EXPECT_THAT(scratch_.names(), testing::Not(testing::Contains("out.nii")));
  };
  refused(2, {"--samples", "4"});
  refused(2, {"--seed", "4"});
  refused(2, {"--uncertainty", file("u.nii"), "--samples", "1"});
  refused(2, {"--uncertainty", file("u.nii"), "--samples", "many"});
  refused(2, {"--uncertainty", file("u.nii"), "--seed", "-1"});
  refused(2, {"--uncertainty", file("u.jpg")});
  refused(2, {"--data-share", file("u.txt")});
  refused(5, {"--uncertainty", file("out.nii")});
  refused(5, {"--uncertainty", file("u.nii"), "--data-share", file("u.nii")});
  refused(5, {"--uncertainty", file("noisy.nii"), "--overwrite"});
  test::put_bytes(scratch_ / "u.nii", "mine");
  refused(5, {"--uncertainty", file("u.nii")});
  EXPECT_EQ(test::bytes_of(scratch_ / "u.nii"), "mine");
  refused(6, {"--uncertainty", file("v.nii"), "--memory", "100"});
}

}  // namespace
}  // namespace voxprior
