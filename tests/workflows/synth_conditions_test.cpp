// Training on conditions and telling them to synth, as a user does.
#include <filesystem>

#include "io/volume_file.h"
#include "models/weights/conditioning.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::voxprior_run;
using testing::HasSubstr;

namespace fs = std::filesystem;

constexpr std::int64_t kSide = 16;

/// A bright ball on a dark ground, its centre at (i, 7.5, 7.5).
Volume ball(double i, double radius_voxels, double spacing_mm = 2) {
  Volume volume;
  volume.geometry.size = {kSide, kSide, kSide};
  volume.geometry.spacing_mm = {spacing_mm, spacing_mm, spacing_mm};
  volume.geometry.lps_from_index = {-1, 0, 0, 0, -1, 0, 0, 0, 1};
  for (std::int64_t n = 0; n < kSide * kSide * kSide; ++n) {
    const double x = static_cast<double>(n % kSide) - i, y = static_cast<double>(n / kSide % kSide) - 7.5,
                 z = static_cast<double>(n / (kSide * kSide)) - 7.5;
    volume.voxels.push_back(x * x + y * y + z * z < radius_voxels * radius_voxels ? 1000.f : 10.f);
  }
  return volume;
}

/// Mean of i over the voxels, weighted by their values.
double centre_i(const Volume& volume) {
  double sum = 0, moment = 0;
  for (std::size_t n = 0; n < volume.voxels.size(); ++n) {
    sum += volume.voxels[n];
    moment += volume.voxels[n] * static_cast<double>(n % kSide);
  }
  return moment / sum;
}

/// Label 3 in that ball.
Volume ball_mask(double i, double radius_voxels) {
  Volume mask = ball(i, radius_voxels);
  for (float& v : mask.voxels) v = v > 500 ? 3 : 0;
  mask.stored.type = VoxelType::uint8;
  return mask;
}

double sum_of(const Volume& volume) {
  double sum = 0;
  for (const float v : volume.voxels) sum += v;
  return sum;
}

class SynthConditions : public test::WorkflowTest {
 protected:
  /// Trains a tiny model of whole volumes for some seconds and puts it into a model folder. `sections` may begin with
  /// keys of [model].
  void train(const std::string& sections, int steps, const std::string& name = "coarse") {
    test::put_bytes(scratch_ / "coarse.toml",
                    "[model]\nname = \"tiny\"\nchannels = [16, 32]\nblocks = [1, 1]\nheads = 2\n" + sections +
                        "[augment]\nmirror = 0\nrotation_degrees = 0\nscaling = 0\nwarp_voxels = 0\n"
                        "[training]\nbatch = 8\nlearning_rate = 5e-3\nwarmup_steps = 5\nema = 0.9\nsteps = " +
                        std::to_string(steps) + "\n");
    const Outcome trained = voxprior_run({"train", "diffusion", file("coarse.toml"), "--out", file("run-" + name),
                                          "--threads", "1", "--progress", "none"});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    fs::create_directory(file("model"));
    fs::copy(file("run-" + name + "/model.safetensors"), file("model/" + name + ".safetensors"));
  }

  Outcome synth(const std::string& folder, const std::vector<std::string>& more) const {
    std::vector<std::string> words{"synth", file(folder), "--model", file("model/"), "--steps",
                                   "8",     "--threads",  "1",       "--progress",   "none"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }

  Volume made(const std::string& folder) const { return read_volume(file(folder + "/synthetic-000000.nii.gz")); }
};

TEST_F(SynthConditions, ASampleOfAClassLooksLikeIt) {
  for (const char* folder : {"left", "right"}) {
    fs::create_directory(file(folder));
    for (int n = 0; n < 3; ++n)
      write_volume(scratch_ / folder / ("v" + std::to_string(n) + ".nii"),
                   ball((*folder == 'l' ? 4 : 11) + 0.3 * n, 3));
  }
  train("[data]\ntrain = [\"" + file("left") + "\", \"" + file("right") + "\"]\n[data.classes]\nleft = [\"" +
            file("left") + "\"]\nright = [\"*/right/v*.nii\"]\n[conditioning]\non = [\"class\"]\n",
        120);
  ASSERT_EQ(synth("l", {"--class", "left"}).exit_code, 0);
  ASSERT_EQ(synth("r", {"--class", "right"}).exit_code, 0);
  ASSERT_EQ(synth("strong", {"--class", "right", "--guidance", "2"}).exit_code, 0);
  EXPECT_LT(centre_i(made("l")), 7);         // 6.2 to 6.6 measured
  EXPECT_GT(centre_i(made("r")), 8.2);       // 9.0 to 9.1
  EXPECT_GT(centre_i(made("strong")), 8.2);  // 9.2 to 9.3
  EXPECT_EQ(json("strong/synthetic-000000.voxprior.json")["synthesis"]["class"], "right");
  EXPECT_EQ(json("strong/synthetic-000000.voxprior.json")["synthesis"]["guidance"], 2.0);
  EXPECT_EQ(json("strong/synthetic-000000.voxprior.json")["synthesis"]["network_calls"], 18);
  EXPECT_EQ(json("r/synthetic-000000.voxprior.json")["synthesis"]["network_calls"], 9);
  // Another class is another volume, which --resume does not take for this one.
  expect_refused(synth("l", {"--class", "right", "--resume"}), 5, "synth");

  const Outcome unknown = synth("out", {"--class", "middle"});
  expect_refused(unknown, 2, "synth");
  EXPECT_THAT(unknown.err, HasSubstr("left, right"));
  expect_refused(synth("out", {"--guidance", "2"}), 2, "synth");
  expect_refused(synth("out", {"--class", "left", "--guidance", "0"}), 2, "synth");
  EXPECT_FALSE(fs::exists(file("out")));
}

TEST_F(SynthConditions, ASampleHasTheVoxelSizeThatWasAskedFor) {
  // A ball of 12 mm: 6 voxels of 2 mm or 3 voxels of 4 mm.
  for (int n = 0; n < 3; ++n) {
    fs::create_directory(file("scans"));
    write_volume(scratch_ / ("scans/fine" + std::to_string(n) + ".nii"), ball(7.5 + 0.2 * n, 6, 2));
    write_volume(scratch_ / ("scans/rough" + std::to_string(n) + ".nii"), ball(7.5 + 0.2 * n, 3, 4));
  }
  write_volume(scratch_ / "scans/rough3.nii", ball(7.2, 3, 4));  // most have 4 mm
  train("[data]\ntrain = [\"" + file("scans") + "\"]\n[conditioning]\non = [\"spacing\"]\n", 120);
  ASSERT_EQ(synth("fine", {"--spacing", "2"}).exit_code, 0);
  ASSERT_EQ(synth("rough", {}).exit_code, 0);
  EXPECT_EQ(made("fine").geometry.spacing_mm, (Spacing{2, 2, 2}));
  EXPECT_EQ(made("rough").geometry.spacing_mm, (Spacing{4, 4, 4}));
  EXPECT_GT(sum_of(made("fine")), 2 * sum_of(made("rough")));  // 2.7 measured; 8 in the data
  EXPECT_EQ(json("rough/synthetic-000000.voxprior.json")["synthesis"]["spacing_mm"].get<Spacing>(), (Spacing{4, 4, 4}));

  const Outcome beyond = synth("out", {"--spacing", "2,2,5"});
  expect_refused(beyond, 2, "synth");
  EXPECT_THAT(beyond.err, HasSubstr("2 x 2 x 2 to 4 x 4 x 4"));
  expect_refused(synth("out", {"--spacing", "2,2"}), 2, "synth");
  expect_refused(synth("out", {"--spacing", "2,-2,2"}), 2, "synth");
  expect_refused(synth("out", {"--guidance", "2"}), 2, "synth");
  EXPECT_FALSE(fs::exists(file("out")));
}

TEST_F(SynthConditions, ASampleFitsItsMaskAndLiesOnItsGrid) {
  fs::create_directory(file("scans"));
  fs::create_directory(file("segmented"));
  for (int n = 0; n < 6; ++n) {
    const std::string name = "v" + std::to_string(n);
    write_volume(scratch_ / ("scans/" + name + ".nii"), ball(3.0 + 2 * n, 3));
    write_volume(scratch_ / ("segmented/" + name + ".nii.gz"), ball_mask(3.0 + 2 * n, 3));
  }
  train("[data]\ntrain = [\"" + file("scans") + "\"]\nlabels = [\"" + file("segmented") +
            "\"]\n[conditioning]\non = [\"mask\"]\n[labels]\n3 = \"ball\"\n",
        60);
  Volume mask = ball_mask(11, 3);
  mask.geometry.origin_mm = {40, -20, 7};
  write_volume(scratch_ / "mask.nii", mask);
  const Outcome fitted = synth("out", {"--mask", file("mask.nii"), "--guidance", "1.5"});
  ASSERT_EQ(fitted.exit_code, 0) << fitted.err;
  const Volume volume = made("out");
  EXPECT_EQ(volume.geometry.origin_mm, mask.geometry.origin_mm);
  double inside = 0, outside = 0;
  for (std::size_t v = 0; v < volume.voxels.size(); ++v) (mask.voxels[v] > 0 ? inside : outside) += volume.voxels[v];
  const double ball_voxels = sum_of(mask) / 3, others = static_cast<double>(volume.voxels.size()) - ball_voxels;
  EXPECT_GT(inside / ball_voxels, 5 * outside / others);
  EXPECT_EQ(json("out/synthetic-000000.voxprior.json")["synthesis"]["mask_sha256"].get<std::string>().size(), 64u);

  const auto refused = [&](const Volume& other, const std::string& why) {
    write_volume(scratch_ / "other.nii", other, {Overwrite::yes, ""});
    const Outcome outcome = synth("none", {"--mask", file("other.nii")});
    expect_refused(outcome, 3, "synth");
    EXPECT_THAT(outcome.err, HasSubstr(why));
  };
  Volume other = mask;
  other.voxels.back() = 4;
  refused(other, "known are 0 and: 3 ball");
  other = mask;
  other.geometry.spacing_mm = {2, 2, 3};
  refused(other, "voxels of 2 x 2 x 3 mm");
  other = mask;
  other.geometry.size[2] -= 2;
  other.voxels.resize(static_cast<std::size_t>(other.geometry.voxel_count()));
  refused(other, "has 16x16x14 voxels");
  expect_refused(synth("none", {"--mask", file("mask.nii"), "--spacing", "1"}), 3, "synth");
  expect_refused(synth("none", {"--mask", file("missing.nii")}), 3, "synth");
  EXPECT_FALSE(fs::exists(file("none")));
}

TEST_F(SynthConditions, AModelOfMasksMakesPairsOfVolumeAndLabel) {
  fs::create_directory(file("scans"));
  fs::create_directory(file("segmented"));
  for (int n = 0; n < 6; ++n) {
    const std::string name = "v" + std::to_string(n);
    write_volume(scratch_ / ("scans/" + name + ".nii"), ball(3.0 + 2 * n, 3.5));
    write_volume(scratch_ / ("segmented/" + name + ".nii.gz"), ball_mask(3.0 + 2 * n, 3.5));
  }
  const std::string labels = "[labels]\n3 = \"ball\"\n";
  train("[data]\ntrain = [\"" + file("scans") + "\"]\nlabels = [\"" + file("segmented") +
            "\"]\n[conditioning]\non = [\"mask\"]\n" + labels,
        60);
  train("draws = \"labels\"\n[data]\ntrain = [\"" + file("segmented") + "\"]\n" + labels, 160, "mask");
  const Outcome outcome = synth("out", {"--count", "3"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  int good = 0;  // a network that was trained for seconds may draw an empty mask
  for (const std::string name : {"synthetic-000000", "synthetic-000001", "synthetic-000002"}) {
    const Volume volume = read_volume(file("out/" + name + ".nii.gz"));
    const Volume label = read_volume(file("out/" + name + "_label.nii.gz"));
    EXPECT_EQ(label.geometry.size, volume.geometry.size);
    EXPECT_EQ(label.geometry.origin_mm, volume.geometry.origin_mm);
    EXPECT_EQ(label.stored.type, VoxelType::uint8);
    const std::string header(label.stored.native_header.begin(), label.stored.native_header.end());
    EXPECT_THAT(header, HasSubstr("SYNTHETIC, voxprior"));
    double in = 0, inside = 0, outside = 0;
    for (std::size_t v = 0; v < label.voxels.size(); ++v) {
      EXPECT_TRUE(label.voxels[v] == 0 || label.voxels[v] == 3);
      in += label.voxels[v] == 3;
      (label.voxels[v] == 3 ? inside : outside) += volume.voxels[v];
    }
    // The balls have 180 voxels.
    good += in > 60 && in < 540 && inside / in > 3 * outside / (static_cast<double>(label.voxels.size()) - in);
    const nlohmann::json record = json("out/" + name + ".voxprior.json");
    EXPECT_EQ(record["labels"]["3"], "ball");
    EXPECT_EQ(record["synthesis"]["model"]["sha256"].size(), 2u);
    EXPECT_EQ(record["synthesis"]["network_calls"], 18);
    EXPECT_TRUE(record["outputs"].contains("label"));
  }
  EXPECT_GE(good, 2);
  EXPECT_NE(read_volume(file("out/synthetic-000002_label.nii.gz")).voxels,
            read_volume(file("out/synthetic-000001_label.nii.gz")).voxels);
  // A mask that is given is not drawn.
  write_volume(scratch_ / "mask.nii", ball_mask(9, 3));
  ASSERT_EQ(synth("given", {"--mask", file("mask.nii")}).exit_code, 0);
  EXPECT_FALSE(fs::exists(file("given/synthetic-000000_label.nii.gz")));
}

TEST_F(SynthConditions, ATrainingVolumeWithoutAFittingLabelVolumeIsRefusedByName) {
  fs::create_directory(file("scans"));
  fs::create_directory(file("segmented"));
  write_volume(scratch_ / "scans/a.nii", ball(7, 3));
  test::put_bytes(scratch_ / "c.toml", "[data]\ntrain = [\"" + file("scans") + "\"]\nlabels = [\"" + file("segmented") +
                                           "\"]\n[conditioning]\non = [\"mask\"]\n[labels]\n3 = \"ball\"\n");
  const auto refused = [&](const std::string& why) {
    const Outcome outcome =
        voxprior_run({"train", "diffusion", file("c.toml"), "--out", file("run"), "--progress", "none"});
    expect_refused(outcome, 3, "train diffusion");
    EXPECT_THAT(outcome.err, HasSubstr(why));
  };
  refused("no label volume of that name");
  Volume mask = ball_mask(7, 3);
  mask.voxels[5] = 4;
  write_volume(scratch_ / "segmented/a.nii.gz", mask);
  refused("holds the label 4");
  mask = ball_mask(7, 3);
  mask.geometry.origin_mm[1] += 1;
  write_volume(scratch_ / "segmented/a.nii.gz", mask, {Overwrite::yes, ""});
  refused("is not on the grid of");
}

TEST_F(SynthConditions, AModelThatWasToldNothingRefusesToBe) {
  const std::vector<std::string> words{"synth", file("out"), "--model", VOXPRIOR_RANDOM_CASCADE, "--progress", "none"};
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--class", "left"}, {"--guidance", "3"}, {"--spacing", "2"}}) {
    std::vector<std::string> all = words;
    all.insert(all.end(), more.begin(), more.end());
    expect_refused(voxprior_run(all), 2, "synth");
  }
  write_volume(scratch_ / "mask.nii", ball_mask(7, 3));
  expect_refused(voxprior_run({"synth", file("out"), "--model", VOXPRIOR_RANDOM_CASCADE, "--mask", file("mask.nii")}),
                 2, "synth");
  EXPECT_FALSE(fs::exists(file("out")));
}

TEST_F(SynthConditions, ATrainingVolumeOfNoClassOrOfTwoIsRefusedByName) {
  fs::create_directory(file("scans"));
  write_volume(scratch_ / "scans/a_T1w.nii", ball(7, 3));
  write_volume(scratch_ / "scans/a_T2w.nii", ball(7, 3));
  const auto train_on = [&](const std::string& classes) {
    test::put_bytes(scratch_ / "c.toml",
                    "[data]\ntrain = [\"" + file("scans") + "\"]\n" + classes + "[conditioning]\non = [\"class\"]\n");
    return voxprior_run({"train", "diffusion", file("c.toml"), "--out", file("run"), "--progress", "none"});
  };
  const Outcome none = train_on("[data.classes]\nt1 = [\"*_T1w.*\"]\n");
  expect_refused(none, 3, "train diffusion");
  EXPECT_THAT(none.err, HasSubstr("a_T2w.nii"));
  expect_refused(train_on("[data.classes]\nt1 = [\"*_T1w.*\"]\nall = [\"" + file("scans") + "\"]\n"), 3,
                 "train diffusion");
  expect_refused(train_on(""), 3, "train diffusion");
}

}  // namespace
}  // namespace voxprior
