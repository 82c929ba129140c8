#include "models/training/shards.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <filesystem>
#include <vector>

#include "models/training/shard_writer.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::bytes_of;
using test::put_bytes;

constexpr std::size_t kVoxels = 5 * 4 * 3;

DatasetIndex index_of(const std::string& voxel_type) {
  DatasetIndex index;
  index.program_version = "1.2.3";
  index.grid = {{5, 4, 3}, {0.7, 1.3, 2.9}, {1, -2, 3}, {-1, 0, 0, 0, -1, 0, 0, 0, 1}};
  index.intensity = "mr-p99.5";
  index.voxel_type = voxel_type;
  index.seed = 7;
  index.made_with = {{"align", "none"}};
  index.classes = {"t1", "t2"};
  return index;
}

/// No two voxels alike, negative ones, ties between two float16 values, subnormals, the largest and zero.
std::vector<float> image(int number) {
  std::vector<float> values;
  for (std::size_t n = 0; n < kVoxels; ++n)
    values.push_back(static_cast<float>(std::sin(static_cast<double>(n) + number) * std::pow(4, n % 16 - 8.0)));
  const float special[] = {65504.F, -65504.F, 0.F, -0.F, 1 + 1 / 2048.F, 1 + 3 / 2048.F, 6e-8F, 2e-8F, 2047.9999F};
  std::copy(std::begin(special), std::end(special), values.begin());
  return values;
}

torch::Tensor tensor_of(std::vector<float> values) {
  return torch::from_blob(values.data(), {1, 3, 4, 5}, torch::kFloat32).clone();
}

DatasetVolume volume_of(Split split) {
  DatasetVolume volume;
  volume.split = split;
  volume.source_sha256 = "ab12";
  volume.source_from_dataset = {1, 0, 0, 4.5, 0, 1, 0, 0.1, 0, 0, 1, 1.0 / 3};
  volume.intensity_scale = 976.125;
  return volume;
}

class Shards : public testing::Test {
 protected:
  /// Three volumes in shards of two: to train on with labels, to validate on with large labels, held out without.
  void write(const std::string& voxel_type = "F16") const {
    ShardWriter writer(scratch_.path(), index_of(voxel_type), 2 * kVoxels * sizeof(float));
    DatasetVolume first = volume_of(Split::train), second = volume_of(Split::validation);
    first.labelled = second.labelled = true;
    first.class_index = 1;
    std::vector<float> label(kVoxels);
    for (std::size_t n = 0; n < kVoxels; ++n) label[n] = static_cast<float>(n % 7);
    writer.add(first, image(0), label);
    for (float& value : label) value += 2000;
    writer.add(second, image(1), label);
    writer.add(volume_of(Split::holdout), image(2), {});
    writer.finish();
  }

  std::string refused() const {
    return test::refusal(ExitCode::input, [&] { PreparedDataset dataset(scratch_.path()); });
  }

  void replace_in_index(const std::string& what, const std::string& by) const {
    std::string text = bytes_of(scratch_ / "dataset.json");
    const std::size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << what;
    put_bytes(scratch_ / "dataset.json", text.replace(at, what.size(), by));
  }

  test::ScratchFolder scratch_;
};

TEST_F(Shards, VolumesComeBackAsTheFloat16ThatLibTorchWouldMakeOfThem) {
  write();
  const PreparedDataset dataset(scratch_.path());
  ASSERT_EQ(dataset.size(), 3u);
  for (int number = 0; number < 3; ++number) {
    const torch::Tensor expected = tensor_of(image(number)).to(torch::kFloat16).to(torch::kFloat32);
    EXPECT_TRUE(torch::equal(dataset.volume(static_cast<std::size_t>(number)), expected)) << number;
  }
}

TEST_F(Shards, Float32ComesBackBitForBit) {
  write("F32");
  EXPECT_TRUE(torch::equal(PreparedDataset(scratch_.path()).volume(1), tensor_of(image(1))));
}

TEST_F(Shards, EverythingBesideTheVoxelsComesBack) {
  write();
  const PreparedDataset dataset(scratch_.path());
  EXPECT_EQ(dataset.numbers(Split::train), std::vector<std::size_t>{0});
  EXPECT_EQ(dataset.numbers(Split::validation), std::vector<std::size_t>{1});
  EXPECT_EQ(dataset.numbers(Split::holdout), std::vector<std::size_t>{2});
  EXPECT_EQ(dataset.class_index(0), 1);
  EXPECT_EQ(dataset.class_index(1), -1);
  EXPECT_EQ(dataset.spacing_mm(), (std::array<double, 3>{2.9, 1.3, 0.7}));  // D, H, W
  EXPECT_EQ(dataset.index().shards.size(), 2u);
  EXPECT_EQ(dataset.index().volumes[1].source_from_dataset, volume_of(Split::train).source_from_dataset);
  EXPECT_EQ(dataset.index().volumes[1].intensity_scale, 976.125);
  EXPECT_EQ(dataset.index().classes, (std::vector<std::string>{"t1", "t2"}));
}

TEST_F(Shards, LabelsAreWholeNumbersWhateverTheirWidth) {
  write();
  const PreparedDataset dataset(scratch_.path());
  const torch::Tensor expected = torch::arange(static_cast<std::int64_t>(kVoxels)).remainder(7).view({1, 3, 4, 5});
  EXPECT_TRUE(torch::equal(dataset.label(0), expected));
  EXPECT_TRUE(torch::equal(dataset.label(1), expected + 2000));
  EXPECT_FALSE(dataset.label(2).defined());
}

TEST_F(Shards, TheSameVolumesGiveTheSameBytes) {
  write();
  const std::string shard = bytes_of(scratch_ / "shard-00000.safetensors"), index = bytes_of(scratch_ / "dataset.json");
  for (const auto& name : scratch_.names()) fs::remove(scratch_ / name);
  write();
  EXPECT_EQ(bytes_of(scratch_ / "shard-00000.safetensors"), shard);
  EXPECT_EQ(bytes_of(scratch_ / "dataset.json"), index);
}

TEST_F(Shards, AValueThatFloat16CannotHoldIsRefused) {
  ShardWriter writer(scratch_.path(), index_of("F16"), 1);
  std::vector<float> values(kVoxels, 1);
  values[17] = 70000;
  test::refusal(ExitCode::input, [&] { writer.add(volume_of(Split::train), values, {}); });
}

TEST_F(Shards, AnUnfinishedDatasetIsNone) {
  EXPECT_NE(refused().find("dataset.json"), std::string::npos);
  test::refusal(ExitCode::input, [&] { PreparedDataset dataset(scratch_ / "nowhere"); });
}

TEST_F(Shards, AMissingAShortAndAChangedShardAreRefusedByName) {
  write();
  const fs::path shard = scratch_ / "shard-00001.safetensors";
  const std::string bytes = bytes_of(shard);
  std::string changed = bytes;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  put_bytes(shard, changed);
  EXPECT_NE(refused().find("SHA-256"), std::string::npos);
  put_bytes(shard, bytes.substr(0, bytes.size() - 1));
  EXPECT_NE(refused().find("shard-00001"), std::string::npos);
  fs::remove(shard);
  EXPECT_NE(refused().find("missing"), std::string::npos);
}

TEST_F(Shards, AnIndexThatDoesNotFitIsRefused) {
  const std::pair<std::string, std::string> damages[] = {
      {"{", "["},
      {"voxprior-dataset", "other-dataset"},
      {"\"format_version\": 1", "\"format_version\": 2"},
      {"\"F16\"", "\"F32\""},                                   // not what the shards hold
      {"\"F16\"", "\"F64\""},                                   // no such type
      {"\"shard-00000.safetensors\"", "\"../../etc/passwd\""},  // a way out of the folder
      {"\"shard\": 1", "\"shard\": 2"},                         // no such shard
      {"\"shard\": 1", "\"shard\": 0"},                         // not in that shard
      {"\"class\": 1", "\"class\": 2"},
      {"\"holdout\"", "\"test\""},
      {"\"number\": 1", "\"number\": 5"},
      {"976.125", "0"},
      {"976.125", "1e999"},
      {"\"seed\": 7", "\"seed\": -7"},
  };
  for (const auto& [what, by] : damages) {
    SCOPED_TRACE(what + " -> " + by);
    for (const auto& name : scratch_.names()) fs::remove(scratch_ / name);
    write();
    replace_in_index(what, by);
    refused();
  }
}

}  // namespace
}  // namespace voxprior
