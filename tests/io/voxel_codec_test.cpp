#include "io/voxel_codec.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <vector>

namespace voxprior {
namespace {

VoxelCoding coding(VoxelType type, double slope = 1, double intercept = 0) {
  return {type, kHostOrder, slope, intercept};
}

std::vector<float> there_and_back(const VoxelCoding& coding, const std::vector<float>& values) {
  std::vector<unsigned char> bytes(values.size() * bytes_per_voxel(coding.type));
  encode_voxels(coding, values.data(), values.size(), bytes.data());
  std::vector<float> again(values.size());
  decode_voxels(coding, bytes.data(), again.size(), again.data());
  return again;
}

TEST(VoxelCodec, EveryInt16SurvivesEverySensibleScale) {
  std::vector<float> values;
  for (const auto& [slope, intercept] :
       {std::pair{1., 0.}, {1., -1024.}, {0.0371, 5.5}, {-2., 3.}, {1e-6, 0.}, {1e6, 1e6}}) {
    const VoxelCoding scaled = coding(VoxelType::int16, slope, intercept);
    std::vector<std::int16_t> stored;
    for (int n = -32768; n <= 32767; ++n) stored.push_back(static_cast<std::int16_t>(n));
    std::vector<unsigned char> bytes(stored.size() * 2), again(stored.size() * 2);
    std::memcpy(bytes.data(), stored.data(), bytes.size());
    values.resize(stored.size());
    decode_voxels(scaled, bytes.data(), values.size(), values.data());
    const EncodeCounts counts = encode_voxels(scaled, values.data(), values.size(), again.data());
    EXPECT_EQ(again, bytes) << "slope " << slope << ", intercept " << intercept;
    EXPECT_EQ(counts.clipped, 0);
  }
}

TEST(VoxelCodec, ClipsToTheLimitsOfEachIntegerType) {
  const std::vector<float> extremes = {-1e20f, 1e20f};
  EXPECT_EQ(there_and_back(coding(VoxelType::int8), extremes), (std::vector<float>{-128, 127}));
  EXPECT_EQ(there_and_back(coding(VoxelType::uint8), extremes), (std::vector<float>{0, 255}));
  EXPECT_EQ(there_and_back(coding(VoxelType::int16), extremes), (std::vector<float>{-32768, 32767}));
  EXPECT_EQ(there_and_back(coding(VoxelType::uint16), extremes), (std::vector<float>{0, 65535}));
  EXPECT_EQ(there_and_back(coding(VoxelType::int32), extremes), (std::vector<float>{-2147483648.f, 2147483648.f}));
  EXPECT_EQ(there_and_back(coding(VoxelType::uint32), extremes), (std::vector<float>{0, 4294967296.f}));
}

TEST(VoxelCodec, CountsWhatItClips) {
  const std::vector<float> values = {-0.5f, -0.51f, 255.49f, 255.5f, 100};  // -0.5 rounds to 0, 255.5 to 256
  std::vector<unsigned char> bytes(values.size());
  EXPECT_EQ(encode_voxels(coding(VoxelType::uint8), values.data(), values.size(), bytes.data()).clipped, 2);
}

TEST(VoxelCodec, CountsNanAndInfinityWhateverTheType) {
  const std::vector<float> values = {NAN, INFINITY, -INFINITY, 1};
  std::vector<unsigned char> bytes(values.size() * 8);
  for (const VoxelType type : {VoxelType::uint8, VoxelType::int32, VoxelType::float32, VoxelType::float64}) {
    EXPECT_EQ(encode_voxels(coding(type), values.data(), values.size(), bytes.data()).nonfinite, 3) << name_of(type);
  }
}

TEST(VoxelCodec, Float64BeyondFloat32CountsAsInfinite) {
  double stored[] = {1e300, -1e300, 3.0};
  float values[3];
  const DecodeCounts counts =
      decode_voxels(coding(VoxelType::float64), reinterpret_cast<unsigned char*>(stored), 3, values);
  EXPECT_EQ(counts.nonfinite, 2);
  EXPECT_EQ(counts.inexact, 0);
}

TEST(VoxelCodec, AScaleThatOverflowsCountsAsInfinite) {
  std::int16_t stored[] = {2, 0};
  float values[2];
  const DecodeCounts counts =
      decode_voxels(coding(VoxelType::int16, 3e38), reinterpret_cast<unsigned char*>(stored), 2, values);
  EXPECT_EQ(counts.nonfinite, 1);
}

TEST(VoxelCodec, TheOtherByteOrderIsTheReverseOfEachVoxel) {
  const float value = 1.5f;
  unsigned char ours[4], theirs[4];
  VoxelCoding swapped = coding(VoxelType::float32);
  swapped.order = kHostOrder == ByteOrder::little ? ByteOrder::big : ByteOrder::little;
  encode_voxels(coding(VoxelType::float32), &value, 1, ours);
  encode_voxels(swapped, &value, 1, theirs);
  EXPECT_TRUE(std::equal(ours, ours + 4, std::reverse_iterator(theirs + 4)));
  float again = 0;
  decode_voxels(swapped, theirs, 1, &again);
  EXPECT_EQ(again, value);
}

}  // namespace
}  // namespace voxprior
