#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "io/volume_file.h"
#include "models/training/dataset_index.h"
#include "tests/support/awkward_volume.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::expect_refused;
using test::Outcome;
using testing::HasSubstr;

/// A blob off the centre, without noise: `number` moves and stretches it, so that no two are alike.
Volume scan(int number) {
  Volume volume;
  volume.geometry.size = {24, 20, 22};
  volume.geometry.spacing_mm = {2, 2, 2};
  volume.geometry.lps_from_index = {-1, 0, 0, 0, -1, 0, 0, 0, 1};
  const double x0 = 10 + number % 3, y0 = 9, z0 = 11, width = 5 + 0.2 * number;
  for (int k = 0; k < 22; ++k)
    for (int j = 0; j < 20; ++j)
      for (int i = 0; i < 24; ++i) {
        const double r = std::hypot((i - x0) / width, (j - y0) / 6, (k - z0) / 7);
        volume.voxels.push_back(r < 1 ? static_cast<float>(400 + 600 * (1 - r) + 50 * std::sin(i + 2 * j)) : 0.F);
      }
  return volume;
}

class PrepareCommand : public test::WorkflowTest {
 protected:
  PrepareCommand() {
    fs::create_directories(scratch_ / "in");
    for (int n = 0; n < 4; ++n) write_volume(scratch_ / "in" / ("scan" + std::to_string(n) + ".nii"), scan(n));
  }

  Outcome prepare(const std::string& in, const std::string& out, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"prepare", file(in), file(out), "--threads", "2"};
    words.insert(words.end(), more.begin(), more.end());
    return test::voxprior_run(words);
  }

  DatasetIndex index(const std::string& out) const {
    const fs::path path = scratch_ / out / "dataset.json";
    return parse_dataset_index(test::bytes_of(path), path);
  }

  /// Volume `number` of a dataset of one float32 shard without labels: the last tensors of the file, in order.
  std::vector<float> voxels(const std::string& out, std::size_t number) const {
    const DatasetIndex made = index(out);
    const std::string bytes = test::bytes_of(scratch_ / out / made.shards.at(0).file);
    std::vector<float> values(static_cast<std::size_t>(made.grid.size[0] * made.grid.size[1] * made.grid.size[2]));
    const std::size_t size = values.size() * sizeof(float);
    std::memcpy(values.data(), bytes.data() + bytes.size() - (made.volumes.size() - number) * size, size);
    return values;
  }

  /// Which number the file got: from the sidecar.
  std::size_t number_of(const std::string& out, const std::string& name) const {
    const nlohmann::json sidecar = json(out + ".voxprior.json");
    for (const auto& volume : sidecar["volumes"])
      if (fs::path(volume["path"].get<std::string>()).filename() == name) return volume["number"];
    ADD_FAILURE() << name << " is not in the sidecar";
    return 0;
  }

  /// Refused with `exit_code`, and nothing of OUT is left.
  void expect_nothing_made(const Outcome& outcome, int exit_code, const std::string& why) const {
    expect_refused(outcome, exit_code, "prepare");
    EXPECT_THAT(outcome.err, HasSubstr(why));
    for (const std::string& name : scratch_.names()) EXPECT_NE(name.substr(0, 3), "out") << name;
  }
};

TEST_F(PrepareCommand, ACommonGridIsKeptVoxelByVoxel) {
  const Outcome outcome = prepare("in", "out", {"--type", "float32", "--intensity", "none"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("4 volumes of 24 x 20 x 22 voxels"));
  for (int n = 0; n < 4; ++n)
    EXPECT_EQ(voxels("out", number_of("out", "scan" + std::to_string(n) + ".nii")), scan(n).voxels);
}

TEST_F(PrepareCommand, IntensitiesAreDividedByTheFactorThatIsKept) {
  ASSERT_EQ(prepare("in", "out", {"--type", "float32"}).exit_code, 0);
  const std::size_t number = number_of("out", "scan2.nii");
  const double scale = index("out").volumes[number].intensity_scale;
  const std::vector<float> made = voxels("out", number), source = scan(2).voxels;
  for (std::size_t n = 0; n < made.size(); ++n) EXPECT_FLOAT_EQ(made[n], static_cast<float>(source[n] / scale));
  const auto bright = std::count_if(made.begin(), made.end(), [](float v) { return v > 1; });
  const auto subject = std::count_if(made.begin(), made.end(), [](float v) { return v > 0.1F; });
  EXPECT_NEAR(static_cast<double>(bright) / static_cast<double>(subject), 0.005, 0.005);  // the 99.5th percentile
}

TEST_F(PrepareCommand, NothingInTheDatasetNamesAFile) {
  ASSERT_EQ(prepare("in", "out").exit_code, 0);
  for (const auto& entry : fs::directory_iterator(scratch_ / "out"))
    EXPECT_EQ(test::bytes_of(entry.path()).find("scan"), std::string::npos) << entry.path();
}

TEST_F(PrepareCommand, TheSameBytesWhateverThreadsNamesAndOrder) {
  fs::create_directories(scratch_ / "other");
  for (int n = 0; n < 4; ++n)
    fs::copy_file(scratch_ / "in" / ("scan" + std::to_string(n) + ".nii"),
                  scratch_ / "other" / ("patient" + std::to_string(9 - n) + ".nii"));
  const std::vector<std::string> how{"--size", "16x16x16", "--spacing", "2.5", "--holdout", "1"};
  std::vector<std::string> rigid = how;
  rigid.insert(rigid.end(), {"--align", "rigid"});
  for (const auto& words : {how, rigid}) {
    std::vector<std::string> one = words, three = words;
    one.insert(one.end(), {"--threads", "1", "--overwrite"});
    three.insert(three.end(), {"--threads", "3", "--overwrite"});
    // Given twice an option is refused, so that here the words are put together without prepare().
    const auto run = [&](const std::string& in, const std::string& out, std::vector<std::string> more) {
      more.insert(more.begin(), {"prepare", file(in), file(out)});
      const Outcome outcome = test::voxprior_run(more);
      EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    };
    run("in", "one", one);
    run("other", "three", three);
    for (const char* name : {"dataset.json", "shard-00000.safetensors"})
      EXPECT_EQ(test::bytes_of(scratch_ / "one" / name), test::bytes_of(scratch_ / "three" / name)) << name;
  }
}

TEST_F(PrepareCommand, OrientationDoesNotShowInTheResult) {
  Volume turned = scan(1);  // the same subject stored as LPI slices: i reversed, j and k exchanged
  turned.geometry.size = {24, 22, 20};
  turned.geometry.lps_from_index = {1, 0, 0, 0, 0, -1, 0, 1, 0};
  const std::vector<float> voxels_before = turned.voxels;
  for (std::size_t k = 0; k < 20; ++k)
    for (std::size_t j = 0; j < 22; ++j)
      for (std::size_t i = 0; i < 24; ++i)
        turned.voxels[(k * 22 + j) * 24 + i] = voxels_before[(j * 20 + k) * 24 + 23 - i];
  fs::create_directories(scratch_ / "turned");
  write_volume(scratch_ / "turned" / "a.nii", turned);
  write_volume(scratch_ / "turned" / "b.nii", scan(0));
  ASSERT_EQ(prepare("turned", "out", {"--type", "float32", "--intensity", "none"}).exit_code, 0);
  EXPECT_EQ(voxels("out", number_of("out", "a.nii")), scan(1).voxels);
}

TEST_F(PrepareCommand, ALargerGridHoldsTheBoxInItsCentreWithoutInterpolation) {
  ASSERT_EQ(prepare("in", "out", {"--type", "float32", "--intensity", "none", "--size", "32x32x32"}).exit_code, 0);
  for (int n = 0; n < 4; ++n) {
    const std::vector<float> made = voxels("out", number_of("out", "scan" + std::to_string(n) + ".nii"));
    const std::vector<float> source = scan(n).voxels;
    EXPECT_EQ(std::count(made.begin(), made.end(), 0.F) - 32 * 32 * 32,
              std::count(source.begin(), source.end(), 0.F) - 24 * 20 * 22);
    double sum = 0, at_i = 0;
    for (std::size_t v = 0; v < made.size(); ++v) sum += made[v], at_i += made[v] * static_cast<double>(v % 32);
    EXPECT_NEAR(at_i / sum, 15.5, 1);  // a symmetric blob: its middle is that of its box
  }
}

TEST_F(PrepareCommand, RigidAlignmentFindsAKnownShift) {
  fs::create_directories(scratch_ / "moved");
  Volume still = scan(0), moved = scan(0);
  moved.geometry.origin_mm = {31, -7, 5};                                           // the table stood elsewhere
  std::rotate(moved.voxels.begin(), moved.voxels.begin() + 3, moved.voxels.end());  // and three voxels along i
  write_volume(scratch_ / "moved" / "still.nii", still);
  write_volume(scratch_ / "moved" / "moved.nii", moved);
  ASSERT_EQ(prepare("moved", "out", {"--align", "rigid", "--reference", file("moved/still.nii"), "--size", "32x32x32"})
                .exit_code,
            0);
  const auto a = index("out").volumes[number_of("out", "still.nii")].source_from_dataset;
  const auto b = index("out").volumes[number_of("out", "moved.nii")].source_from_dataset;
  // Rotated left by 3 voxels of 2 mm, content lies 6 mm nearer to the first voxel; i runs towards -x.
  EXPECT_NEAR(b[3] - a[3], 31 + 6, 0.1);
  EXPECT_NEAR(b[7] - a[7], -7, 0.1);
  EXPECT_NEAR(b[11] - a[11], 5, 0.1);
  for (int n : {0, 5, 10}) EXPECT_NEAR(b[static_cast<std::size_t>(n)], 1, 1e-4);
}

TEST_F(PrepareCommand, HoldoutsAreThoseNamedAndAsManyMoreAsAskedFor) {
  ASSERT_EQ(prepare("in", "out", {"--holdout", "scan[12]*", "--validation", "1"}).exit_code, 0);
  const DatasetIndex made = index("out");
  EXPECT_EQ(made.volumes[number_of("out", "scan1.nii")].split, Split::holdout);
  EXPECT_EQ(made.volumes[number_of("out", "scan2.nii")].split, Split::holdout);
  EXPECT_EQ(std::count_if(made.volumes.begin(), made.volumes.end(),
                          [](const DatasetVolume& v) { return v.split == Split::validation; }),
            1);
}

TEST_F(PrepareCommand, ClassesComeFromFoldersOrATable) {
  fs::create_directories(scratch_ / "t2");
  fs::rename(scratch_ / "in" / "scan3.nii", scratch_ / "t2" / "scan3.nii");
  ASSERT_EQ(prepare("in", "out", {"--class", "t2=" + file("t2"), "--class", "t1=" + file("in")}).exit_code, 0);
  EXPECT_EQ(index("out").classes, (std::vector<std::string>{"t1", "t2"}));
  EXPECT_EQ(index("out").volumes[number_of("out", "scan3.nii")].class_index, 1u);

  test::put_bytes(scratch_ / "c.csv", "file,class\nscan0.nii,\"a, b\"\nscan1.nii,c\nscan2.nii,c\n");
  ASSERT_EQ(prepare("in", "table", {"--class-table", file("c.csv")}).exit_code, 0);
  EXPECT_EQ(index("table").classes, (std::vector<std::string>{"a, b", "c"}));
  test::put_bytes(scratch_ / "short.csv", "file,class\nscan0.nii,a\n");
  expect_refused(prepare("in", "other", {"--class-table", file("short.csv")}), 3, "prepare");
}

TEST_F(PrepareCommand, LabelsGoTheWayOfTheirImages) {
  fs::create_directories(scratch_ / "labels");
  for (int n = 0; n < 4; ++n) {
    Volume label = scan(n);
    for (float& v : label.voxels) v = v > 0 ? 3.F : 0.F;
    write_volume(scratch_ / "labels" / ("scan" + std::to_string(n) + ".nii"), label);
  }
  ASSERT_EQ(prepare("in", "out", {"--labels", file("labels")}).exit_code, 0);
  EXPECT_TRUE(index("out").volumes[2].labelled);

  Volume small = scan(1);
  small.geometry.size[2] = 21;
  small.voxels.resize(24 * 20 * 21);
  fs::remove(scratch_ / "labels" / "scan1.nii");
  write_volume(scratch_ / "labels" / "scan1.nii", small);
  expect_refused(prepare("in", "other", {"--labels", file("labels")}), 3, "prepare");
  fs::remove(scratch_ / "labels" / "scan1.nii");
  expect_refused(prepare("in", "other", {"--labels", file("labels")}), 3, "prepare");
}

TEST_F(PrepareCommand, ABrokenFileIsNamedAndRefusedOrSkipped) {
  const std::string bytes = test::bytes_of(scratch_ / "in" / "scan2.nii");
  test::put_bytes(scratch_ / "in" / "scan2.nii", bytes.substr(0, bytes.size() / 2));
  expect_nothing_made(prepare("in", "out"), 3, "scan2.nii");
  const Outcome skipped = prepare("in", "out", {"--on-error", "skip"});
  EXPECT_EQ(skipped.exit_code, 0) << skipped.err;
  EXPECT_THAT(skipped.err, HasSubstr("scan2.nii"));
  EXPECT_EQ(index("out").volumes.size(), 3u);
}

TEST_F(PrepareCommand, ACopyIsRefusedOrSkipped) {
  fs::copy_file(scratch_ / "in" / "scan2.nii", scratch_ / "in" / "again.nii");
  expect_nothing_made(prepare("in", "out"), 3, "copy");
  EXPECT_EQ(prepare("in", "out", {"--on-error", "skip"}).exit_code, 0);
  EXPECT_EQ(index("out").volumes.size(), 4u);
}

TEST_F(PrepareCommand, AnEmptyVolumeIsRefused) {
  Volume empty = scan(0);
  std::fill(empty.voxels.begin(), empty.voxels.end(), 0.F);
  write_volume(scratch_ / "in" / "empty.nii", empty);
  expect_nothing_made(prepare("in", "out"), 3, "empty.nii");
}

TEST_F(PrepareCommand, MixedGridsNeedASizeAndGetAProposal) {
  Volume small = scan(5);
  small.geometry.size[2] = 20;
  small.voxels.resize(24 * 20 * 20);
  write_volume(scratch_ / "in" / "small.nii", small);
  expect_nothing_made(prepare("in", "out"), 3, "--size");
  EXPECT_EQ(prepare("in", "out", {"--size", "24x24x24"}).exit_code, 0);

  Volume fine = scan(6);
  fine.geometry.spacing_mm = {1, 1, 1};
  write_volume(scratch_ / "in" / "fine.nii", fine);
  expect_refused(prepare("in", "other", {"--size", "24x24x24"}), 3, "prepare");
  EXPECT_EQ(prepare("in", "other", {"--size", "24x24x24", "--spacing", "2"}).exit_code, 0);
}

TEST_F(PrepareCommand, AnotherContrastIsToldOf) {
  Volume other = scan(1);
  for (float& v : other.voxels) v = v > 0 ? 1000.F : 0.F;
  other.voxels[100] = 500;
  write_volume(scratch_ / "in" / "t2.nii", other);
  const Outcome outcome = prepare("in", "out");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("t2.nii"));
  EXPECT_EQ(outcome.error_lines(), 1) << outcome.err;
}

TEST_F(PrepareCommand, CtAndMrTogetherAreRefused) {
  Volume ct = scan(1);
  for (float& v : ct.voxels) v = v > 0 ? v / 10 : -1000.F;
  write_volume(scratch_ / "in" / "ct.nii", ct);
  expect_nothing_made(prepare("in", "out"), 3, "CT");
}

TEST_F(PrepareCommand, FewerThanTwoVolumesAreRefused) {
  expect_nothing_made(prepare("in/scan1.nii", "out"), 3, "at least 2");
  fs::create_directories(scratch_ / "empty");
  expect_nothing_made(prepare("empty", "out"), 3, "empty");
  expect_nothing_made(prepare("nowhere", "out"), 3, "nowhere");
}

TEST_F(PrepareCommand, WrongOptionsAreMisuse) {
  const std::vector<std::vector<std::string>> wrong{{"--size", "10x10"},
                                                    {"--size", "0x10x10"},
                                                    {"--size", "10x10x10x10"},
                                                    {"--spacing", "0"},
                                                    {"--align", "affine"},
                                                    {"--holdout", "nobody*"},
                                                    {"--holdout", "4"},
                                                    {"--holdout", "9"},
                                                    {"--holdout", "scan1.nii,,"},
                                                    {"--class", "t1"},
                                                    {"--shard-mb", "0"},
                                                    {"--on-error", "ignore"},
                                                    {"--holdout", "scan1*", "--validation", "scan1*"}};
  for (const auto& words : wrong) {
    SCOPED_TRACE(words[0] + " " + words[1]);
    expect_nothing_made(prepare("in", "out", words), 2, "");
  }
}

TEST_F(PrepareCommand, AnExistingFolderIsReplacedOnlyIfItIsADatasetAndAskedFor) {
  ASSERT_EQ(prepare("in", "out").exit_code, 0);
  expect_refused(prepare("in", "out"), 5, "prepare");
  EXPECT_EQ(prepare("in", "out", {"--overwrite", "--holdout", "2"}).exit_code, 0);
  EXPECT_THAT(test::bytes_of(scratch_ / "out" / "dataset.json"), HasSubstr("holdout"));

  fs::create_directories(scratch_ / "mine");
  test::put_bytes(scratch_ / "mine" / "thesis.txt", "years of work");
  expect_refused(prepare("in", "mine", {"--overwrite"}), 5, "prepare");
  EXPECT_EQ(test::bytes_of(scratch_ / "mine" / "thesis.txt"), "years of work");
  expect_refused(prepare("in", "in/out"), 5, "prepare");
}

TEST_F(PrepareCommand, ARunThatDidNotEndIsTakenUpOrStartedAnewAsAskedFor) {
  ASSERT_EQ(prepare("in", "whole", {"--align", "rigid"}).exit_code, 0);
  fs::create_directories(scratch_ / "out.partial");
  test::put_bytes(scratch_ / "out.partial" / "shard-00000.safetensors", "half a shard");
  expect_refused(prepare("in", "out", {"--align", "rigid"}), 5, "prepare");
  ASSERT_EQ(prepare("in", "out", {"--align", "rigid", "--resume"}).exit_code, 0);
  for (const char* name : {"dataset.json", "shard-00000.safetensors"})
    EXPECT_EQ(test::bytes_of(scratch_ / "out" / name), test::bytes_of(scratch_ / "whole" / name)) << name;
  EXPECT_FALSE(fs::exists(scratch_ / "out.partial"));
}

}  // namespace
}  // namespace voxprior
