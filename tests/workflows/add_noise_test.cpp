// add-noise as scanners make it: spread over the volume, correlated, and of CT.
#include <algorithm>
#include <cmath>

#include "io/volume_file.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::testdata;

class AddNoise : public test::WorkflowTest {
 protected:
  Outcome add_noise(const std::string& in, const std::string& out, const std::vector<std::string>& options) const {
    std::vector<std::string> words{"add-noise", in, file(out)};
    words.insert(words.end(), options.begin(), options.end());
    return test::voxprior_run(words);
  }
  Volume noisy(const std::string& in, const std::string& out, const std::vector<std::string>& options) const {
    const Outcome outcome = add_noise(in, out, options);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return read_volume(file(out));
  }
  const std::string clean_ = testdata("brain_t1_crop.nii.gz");
};

double rms(const std::vector<float>& a) {
  double sum = 0;
  for (const float v : a) sum += static_cast<double>(v) * v;
  return std::sqrt(sum / static_cast<double>(a.size()));
}

TEST_F(AddNoise, SpreadNoiseIsThatOfItsMap) {
  for (const std::string spread : {"middle", "side", "gfactor"}) {
    std::vector<std::string> options{"--sigma", "30", "--spread", spread, "--noise-map", file(spread + ".map.nii")};
    if (spread == "gfactor") options.insert(options.end(), {"--acceleration", "3"});
    const Volume clean = read_volume(clean_), after = noisy(clean_, spread + ".nii", options);
    const Volume map = read_volume(file(spread + ".map.nii"));
    const auto [least, greatest] = std::minmax_element(map.voxels.begin(), map.voxels.end());
    EXPECT_GT(*greatest / *least, 1.2) << spread;
    std::vector<float> standard;
    for (std::size_t i = 0; i < map.voxels.size(); ++i)
      standard.push_back((after.voxels[i] - clean.voxels[i]) / map.voxels[i]);
    EXPECT_NEAR(rms(standard), 1, 0.02) << spread;
    EXPECT_NEAR(json(spread + ".voxprior.json")["noise"]["sigma"].get<double>(), 30, 0.01) << spread;

    const Volume again = noisy(clean_, spread + "2.nii", {"--sigma-map", file(spread + ".map.nii")});
    EXPECT_EQ(again.voxels, after.voxels) << spread << ": the map says all of it";
  }
}

TEST_F(AddNoise, FilteredScansComeWithTheirReference) {
  const std::vector<std::string> options{"--kind",    "rician", "--sigma",  "20",      "--kept",      "0.6,0.7,1",
                                         "--partial", "0.8",    "--window", "hamming", "--reference", file("ref.nii")};
  const Volume clean = read_volume(clean_), after = noisy(clean_, "n.nii", options),
               reference = read_volume(file("ref.nii"));
  std::vector<float> lost, noise;
  for (std::size_t i = 0; i < clean.voxels.size(); ++i) {
    lost.push_back(reference.voxels[i] - clean.voxels[i]);
    noise.push_back(after.voxels[i] - reference.voxels[i]);
  }
  EXPECT_GT(rms(lost), 10);        // resolution
  EXPECT_NEAR(rms(noise), 20, 3);  // Rician noise is a little less than sigma
  EXPECT_EQ(noisy(clean_, "m.nii", {"--sigma", "20", "--kept", "0.5", "--seed", "4"}).voxels,
            noisy(clean_, "o.nii", {"--sigma", "20", "--kept", "0.5", "--seed", "4"}).voxels);
}

TEST_F(AddNoise, CtNoiseFollowsThePhotons) {
  Volume volume;
  volume.geometry.size = {32, 32, 6};
  volume.modality = Modality::ct;
  for (std::int64_t k = 0; k < 6; ++k)
    for (std::int64_t j = 0; j < 32; ++j)
      for (std::int64_t i = 0; i < 32; ++i)
        volume.voxels.push_back(std::hypot(i - 15.5, j - 15.5) < 12 ? 40.f : -1000.f);
  write_volume(file("ct.nii"), volume);
  const auto strength = [&](const std::string& out, std::vector<std::string> options) {
    options.insert(options.end(), {"--kind", "ct", "--threads", "1"});
    std::vector<float> noise = noisy(file("ct.nii"), out, options).voxels;
    for (std::size_t i = 0; i < noise.size(); ++i) noise[i] -= volume.voxels[i];
    return rms(noise);
  };
  const double few = strength("few.nii", {"--photons", "5000"}), many = strength("many.nii", {"--photons", "20000"});
  EXPECT_NEAR(few / many, 2, 0.25);
  EXPECT_GT(strength("sharp.nii", {"--photons", "5000", "--kernel", "ram-lak"}), 1.3 * few);
  EXPECT_EQ(strength("again.nii", {"--photons", "5000"}), few);
  expect_refused(add_noise(clean_, "x.nii", {"--kind", "ct"}), 3, "add-noise");
}

TEST_F(AddNoise, OptionsThatDoNotGoTogetherAreRefused) {
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{"--sigma", "3", "--spread", "gfactor"},
                                             {"--sigma", "3", "--acceleration", "2"},
                                             {"--sigma", "3", "--range", "2"},
                                             {"--sigma", "3", "--spread", "side", "--range", "0.5"},
                                             {"--sigma", "3", "--spread", "gfactor", "--acceleration", "9"},
                                             {"--sigma", "3", "--kept", "0.5,0.5"},
                                             {"--sigma", "3", "--kept", "1.5"},
                                             {"--sigma", "3", "--partial", "0.3"},
                                             {"--sigma", "3", "--photons", "100"},
                                             {"--kind", "ct", "--sigma", "3"},
                                             {"--kind", "ct", "--kernel", "b30f"},
                                             {"--kind", "ct", "--noise-map", "x.nii"}})
    expect_refused(add_noise(clean_, "x.nii", options), 2, "add-noise");
  EXPECT_TRUE(scratch_.names().empty());
}

TEST_F(AddNoise, MapsOfSigmaMustFit) {
  Volume map = read_volume(clean_);
  map.stored.type = VoxelType::float32;
  std::fill(map.voxels.begin(), map.voxels.end(), 5.f);
  const auto refused = [&](const std::string& why) {
    write_volume(file("map.nii"), map, {Overwrite::yes, ""});
    const Outcome outcome = add_noise(clean_, "x.nii", {"--sigma-map", file("map.nii")});
    expect_refused(outcome, 3, "add-noise");
    EXPECT_THAT(outcome.err, testing::HasSubstr(why));
  };
  map.voxels[map.voxels.size() / 2] = -1;
  refused("negative");
  const Volume clean = read_volume(clean_);
  for (std::size_t i = 0; i < clean.voxels.size(); ++i) map.voxels[i] = clean.voxels[i] > 0 ? 0.f : 5.f;
  refused("is 0 at");
  std::fill(map.voxels.begin(), map.voxels.end(), 5.f);
  map.geometry.origin_mm[1] += 1;
  refused("grid");
  expect_refused(add_noise(clean_, "x.nii", {"--sigma-map", file("missing.nii")}), 3, "add-noise");
}

}  // namespace
}  // namespace voxprior
