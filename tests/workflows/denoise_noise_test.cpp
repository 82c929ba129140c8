// denoise with noise that varies over the volume or is correlated, and as a dose.
#include <algorithm>
#include <cmath>

#include "io/volume_file.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::testdata;
using testing::HasSubstr;

class DenoiseNoise : public test::WorkflowTest {
 protected:
  void SetUp() override { make("noisy.nii", {"--kind", "rician", "--percent", "9"}); }

  void make(const std::string& name, const std::vector<std::string>& options) const {
    std::vector<std::string> words{"add-noise", testdata("brain_t1_crop.nii.gz"), file(name)};
    words.insert(words.end(), options.begin(), options.end());
    const Outcome outcome = test::voxprior_run(words);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  Volume done(const std::string& in, const std::string& out, const std::vector<std::string>& options) const {
    const Outcome outcome = denoise(file(in), file(out), options);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return read_volume(file(out));
  }
  Volume even_map(float sigma) const {
    Volume map = read_volume(file("noisy.nii"));
    std::fill(map.voxels.begin(), map.voxels.end(), sigma);
    return map;
  }
  void put(const std::string& name, const Volume& volume) const {
    write_volume(file(name), volume, {Overwrite::yes, ""});
  }
};

double largest_difference(const Volume& a, const Volume& b) {
  double largest = 0;
  for (size_t i = 0; i < a.voxels.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a.voxels[i]) - b.voxels[i]));
  return largest;
}

TEST_F(DenoiseNoise, AMapOfOneSigmaIsThatSigma) {
  put("map.nii", even_map(80));
  const Volume by_map = done("noisy.nii", "a.nii", {"--sigma-map", file("map.nii")});
  const Volume by_number = done("noisy.nii", "b.nii", {"--sigma", "80"});
  EXPECT_LT(largest_difference(by_map, by_number), 1e-2);  // of 1000
  EXPECT_EQ(json("a.voxprior.json")["noise"]["varies"], true);
  EXPECT_EQ(json("a.voxprior.json")["noise"]["estimated"], false);
}

TEST_F(DenoiseNoise, AMapThatVariesGivesEachPartItsOwnSigmaInTilesAndWhole) {
  Volume map = even_map(40);
  const auto half = static_cast<std::ptrdiff_t>(map.voxels.size() / 2);
  std::fill(map.voxels.begin() + half, map.voxels.end(), 160.f);
  put("map.nii", map);
  const Volume whole = done("noisy.nii", "a.nii", {"--sigma-map", file("map.nii"), "--noise-map", file("used.nii")});
  EXPECT_LT(largest_difference(whole, done("noisy.nii", "b.nii", {"--sigma-map", file("map.nii"), "--tile", "16"})),
            0.1);
  EXPECT_EQ(read_volume(file("used.nii")).voxels, map.voxels);
  const Volume low = done("noisy.nii", "c.nii", {"--sigma", "40"}),
               high = done("noisy.nii", "d.nii", {"--sigma", "160"});
  EXPECT_LT(std::abs(whole.voxels[100] - low.voxels[100]), 0.1);
  EXPECT_LT(std::abs(whole.voxels.end()[-100] - high.voxels.end()[-100]), 0.1);
  EXPECT_GT(largest_difference(low, high), 10);
}

TEST_F(DenoiseNoise, MapsThatDoNotFitAreRefused) {
  const auto refused = [&](const Volume& map, const std::string& why) {
    put("map.nii", map);
    const Outcome outcome = denoise(file("noisy.nii"), file("x.nii"), {"--sigma-map", file("map.nii")});
    expect_refused(outcome, 3, "denoise");
    EXPECT_THAT(outcome.err, HasSubstr(why));
  };
  refused(even_map(0), "is 0 at");
  refused(even_map(-5), "negative");
  Volume elsewhere = even_map(50);
  elsewhere.geometry.origin_mm[0] += 3;
  refused(elsewhere, "grid");
  put("map.nii", even_map(50));
  expect_refused(denoise(file("noisy.nii"), file("x.nii"), {"--sigma-map", file("map.nii"), "--sigma", "3"}), 2,
                 "denoise");
  expect_refused(denoise(file("noisy.nii"), file("x.nii"), {"--sigma-map", file("missing.nii")}), 3, "denoise");
}

TEST_F(DenoiseNoise, ASpectrumIsTakenAsGivenAndRecorded) {
  make("filtered.nii", {"--kind", "rician", "--sigma", "60", "--kept", "0.6,0.6,1"});
  const Volume filtered = done("filtered.nii", "a.nii", {"--spectrum", "0.6,0.6,1", "--sigma", "60"});
  const Volume white = done("filtered.nii", "b.nii", {"--spectrum", "white", "--sigma", "60"});
  EXPECT_GT(largest_difference(filtered, white), 10);
  EXPECT_NEAR(json("a.voxprior.json")["noise"]["spectrum"]["kept"][0].get<double>(), 0.6, 1e-9);
  EXPECT_TRUE(json("b.voxprior.json")["noise"]["spectrum"].is_null());
  EXPECT_EQ(filtered.voxels, done("filtered.nii", "c.nii", {"--spectrum", "0.6,0.6,1/0", "--sigma", "60"}).voxels)
      << "the same again";
  for (const std::string bad : {"0.5,0.5", "2", "0.5/0.9", "pink", "0.5/", "0.5x"})
    expect_refused(denoise(file("filtered.nii"), file("x.nii"), {"--spectrum", bad}), 2, "denoise");
}

TEST_F(DenoiseNoise, StrengthIsTheShareOfTheChange) {
  const Volume noisy = read_volume(file("noisy.nii")), full = done("noisy.nii", "full.nii", {"--sigma", "80"});
  const Volume some = done("noisy.nii", "some.nii", {"--sigma", "80", "--strength", "0.25"});
  double largest = 0;
  for (size_t i = 0; i < full.voxels.size(); ++i)
    largest = std::max<double>(largest, std::abs(some.voxels[i] - (0.75f * noisy.voxels[i] + 0.25f * full.voxels[i])));
  EXPECT_LT(largest, 1e-2);
  EXPECT_EQ(done("noisy.nii", "none.nii", {"--sigma", "80", "--strength", "0"}).voxels, noisy.voxels);
  EXPECT_EQ(json("some.voxprior.json")["strength"], 0.25);
  for (const std::string bad : {"-0.1", "1.5"})
    expect_refused(denoise(file("noisy.nii"), file("x.nii"), {"--strength", bad}), 2, "denoise");
}

TEST_F(DenoiseNoise, ResidualStructureIsPrintedAndWarnedOf) {
  for (const std::string sigma : {"30", "90", "200"}) {
    const Outcome outcome = denoise(file("noisy.nii"), file(sigma + ".nii"), {"--sigma", sigma});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("residual structure: "));
    const double structure = json(sigma + ".voxprior.json")["residual_structure"];
    EXPECT_LT(std::abs(structure), 1);
    const bool warned = outcome.err.find("stronger along edges") != std::string::npos;
    EXPECT_EQ(warned, structure > 0.08) << sigma << ": " << structure;
  }
}

}  // namespace
}  // namespace voxprior
