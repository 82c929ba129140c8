#include "models/weights/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"
#include "base/sha256.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A folder of its own for each test, gone afterwards.
class Safetensors : public testing::Test {
 protected:
  Safetensors() {
    std::string pattern = (fs::path(testing::TempDir()) / "safetensors-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~Safetensors() override { fs::remove_all(folder_); }

  fs::path store(const std::string& bytes) const {
    const fs::path path = folder_ / "weights.safetensors";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  /// The message with which these bytes are refused; every refusal must carry the exit code for models.
  std::string refusal(const std::string& bytes) const { return refusal_of_file(store(bytes)); }

  static std::string refusal_of_file(const fs::path& path) {
    try {
      read_safetensors(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << "one line";
      return error.what();
    }
    return "was accepted";
  }

  fs::path folder_;
};

std::string file_bytes(const std::string& header, const std::string& data = "") {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

std::string one_tensor(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"w":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

bool same_bits(const torch::Tensor& a, const torch::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() &&
         (a.numel() == 0 || std::memcmp(a.contiguous().data_ptr(), b.contiguous().data_ptr(), a.nbytes()) == 0);
}

/// One tensor of each type, holding arbitrary bits: NaN payloads, denormals and signed zeros among them.
SafetensorsFile every_type() {
  torch::manual_seed(5);
  const torch::Tensor bits = torch::randint(256, {3, 64}, torch::kUInt8);
  SafetensorsFile file;
  for (const auto type : {torch::kFloat32, torch::kFloat64, torch::kFloat16, torch::kBFloat16, torch::kInt64,
                          torch::kInt32, torch::kUInt8})
    file.tensors[std::string("bits.") + c10::toString(type)] = bits.view(type).clone();
  file.tensors["odd.bool"] = torch::tensor({true, false, true});
  file.tensors["empty"] = torch::empty({0, 4});
  file.tensors["scalar"] = torch::tensor(-0.0);
  file.metadata = {{"voxprior", "{\"a\":1}"}, {"Grüße", "line\nbreak \"quoted\""}};
  return file;
}

TEST_F(Safetensors, EveryTypeComesBackBitForBit) {
  const SafetensorsFile before = every_type();
  write_safetensors(folder_ / "all.safetensors", before, Overwrite::no);
  const SafetensorsFile after = read_safetensors(folder_ / "all.safetensors");
  ASSERT_EQ(after.tensors.size(), 10u);
  for (const auto& [name, tensor] : before.tensors) EXPECT_TRUE(same_bits(after.tensors.at(name), tensor)) << name;
  EXPECT_EQ(after.metadata, before.metadata);
}

TEST_F(Safetensors, HashIsThatOfTheFile) {
  const fs::path path = folder_ / "all.safetensors";
  write_safetensors(path, every_type(), Overwrite::no);
  EXPECT_EQ(read_safetensors(path).sha256, sha256_of_file(path));
}

TEST_F(Safetensors, SameContentGivesTheSameBytes) {
  SafetensorsFile reordered;
  const SafetensorsFile file = every_type();
  for (auto it = file.tensors.rbegin(); it != file.tensors.rend(); ++it) reordered.tensors[it->first] = it->second;
  reordered.metadata = file.metadata;
  EXPECT_EQ(serialise_safetensors(file), serialise_safetensors(reordered));

  const fs::path path = folder_ / "all.safetensors";
  write_safetensors(path, file, Overwrite::no);
  EXPECT_EQ(sha256_of_file(path), sha256_hex(serialise_safetensors(file).data(), serialise_safetensors(file).size()));
}

TEST_F(Safetensors, BytesAreThoseOfTheFormat) {
  SafetensorsFile file;
  file.tensors["w"] = torch::tensor({1.0f, 2.0f});
  const std::string header = R"({"w":{"data_offsets":[0,8],"dtype":"F32","shape":[2]}})"
                             "  ";
  ASSERT_EQ(header.size() % 8, 0u);
  EXPECT_EQ(serialise_safetensors(file), file_bytes(header, std::string("\0\0\x80\x3f\0\0\0\x40", 8)));
}

TEST_F(Safetensors, WiderTypesComeFirstSoThatEveryTensorIsAligned) {
  SafetensorsFile file;
  file.tensors["a"] = torch::ones({3}, torch::kUInt8);
  file.tensors["b"] = torch::ones({1}, torch::kFloat64);
  EXPECT_THAT(serialise_safetensors(file), HasSubstr(R"("b":{"data_offsets":[0,8])"));
  EXPECT_THAT(serialise_safetensors(file), HasSubstr(R"("a":{"data_offsets":[8,11])"));
}

TEST_F(Safetensors, StridedTensorsAreStoredInTheirLogicalOrder) {
  SafetensorsFile file;
  file.tensors["t"] = torch::arange(6).view({2, 3}).t();
  EXPECT_TRUE(torch::equal(read_safetensors(store(serialise_safetensors(file))).tensors["t"], file.tensors["t"]));
}

TEST_F(Safetensors, WritingRefusesAnExistingFileUnlessTold) {
  const fs::path path = store("precious");
  EXPECT_THROW(write_safetensors(path, every_type(), Overwrite::no), Error);
  EXPECT_EQ(fs::file_size(path), 8u);
  write_safetensors(path, every_type(), Overwrite::yes);
  EXPECT_EQ(read_safetensors(path).tensors.size(), 10u);
}

TEST_F(Safetensors, EveryTruncationIsRefused) {
  SafetensorsFile file;
  file.tensors["w"] = torch::ones({5});
  file.metadata["k"] = "v";
  const std::string bytes = serialise_safetensors(file);
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_NE(refusal(bytes.substr(0, length)), "was accepted") << length;
  EXPECT_THAT(refusal(bytes + "x"), HasSubstr("1 bytes follow the last tensor"));
}

TEST_F(Safetensors, HeaderLengthIsBounded) {
  const std::string bytes = file_bytes("{}");
  EXPECT_EQ(refusal(bytes), "was accepted");  // no tensors, yet a file of this format
  for (const std::uint64_t length : {std::uint64_t{3}, std::uint64_t{100'000'001}, ~std::uint64_t{0}}) {
    std::string other = bytes;
    std::memcpy(other.data(), &length, 8);
    EXPECT_THAT(refusal(other), HasSubstr("a header of")) << length;
  }
}

TEST_F(Safetensors, HeaderMustBeValidJson) {
  for (const std::string header : {"", "[]", "null", " {}", "{", "{}{}", "{\"w\":}", "{\"a\":1,}", "\"\\ud800\""})
    EXPECT_THAT(refusal(file_bytes(header)), HasSubstr("the header is no")) << header;
  EXPECT_THAT(refusal(file_bytes("{\"\xff\":1}")), HasSubstr("the header is no valid JSON"));
  EXPECT_THAT(refusal(file_bytes(R"({"w":1e999})")), HasSubstr("a number beyond all range"));
}

TEST_F(Safetensors, DeepNestingIsRefusedBeforeItCosts) {
  const std::string nested = std::string(1'000'000, '[');
  EXPECT_THAT(refusal(file_bytes("{\"w\":" + nested)), HasSubstr("nested too deeply"));
}

TEST_F(Safetensors, DuplicateNamesAreRefused) {
  const std::string entry = R"("w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
  EXPECT_THAT(refusal(file_bytes("{" + entry + "," + entry + "}", "x")), HasSubstr(R"(names "w" twice)"));
  EXPECT_THAT(refusal(file_bytes(R"({"__metadata__":{"k":"1","k":"2"}})")), HasSubstr(R"(names "k" twice)"));
}

TEST_F(Safetensors, UnknownTypesAreNamed) {
  EXPECT_THAT(refusal(file_bytes(one_tensor("F8_E4M3", "[1]", "[0,1]"), "x")), HasSubstr("F8_E4M3"));
  EXPECT_THAT(refusal(file_bytes(one_tensor("f32", "[1]", "[0,4]"), "xxxx")), HasSubstr("is unknown"));
  EXPECT_THAT(refusal(file_bytes(one_tensor("a\\nb", "[1]", "[0,4]"), "xxxx")), HasSubstr("\"a?b\" is unknown"));
}

TEST_F(Safetensors, ImpossibleShapesAreRefused) {
  for (const std::string shape : {"[-1]", "[1.0]", "[\"1\"]", "1", "null", "[18446744073709551615]",
                                  "[99999999999999999999999]", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"})
    EXPECT_NE(refusal(file_bytes(one_tensor("U8", shape, "[0,1]"), "x")), "was accepted") << shape;
  // 2^32 * 2^32 and 2^61 * 8 bytes are 0 modulo 2^64; a zero axis must not hide an absurd one.
  EXPECT_THAT(refusal(file_bytes(one_tensor("U8", "[4294967296,4294967296]", "[0,0]"))), HasSubstr("overflows"));
  EXPECT_THAT(refusal(file_bytes(one_tensor("F64", "[2305843009213693952]", "[0,0]"))), HasSubstr("overflows"));
  EXPECT_THAT(refusal(file_bytes(one_tensor("F64", "[0,4611686018427387904]", "[0,0]"))), HasSubstr("overflows"));
}

TEST_F(Safetensors, OffsetsMustFitTheShapeAndTheFile) {
  EXPECT_THAT(refusal(file_bytes(one_tensor("F32", "[2]", "[0,4]"), "1234")), HasSubstr("needs 8 bytes"));
  EXPECT_THAT(refusal(file_bytes(one_tensor("F32", "[1]", "[4,0]"), "1234")), HasSubstr("data_offsets"));
  EXPECT_THAT(refusal(file_bytes(one_tensor("F32", "[2]", "[0,8]"), "1234")), HasSubstr("ends at byte 8 of 4"));
  EXPECT_THAT(refusal(file_bytes(one_tensor("U8", "[1]", "[1,2]"), "12")), HasSubstr("overlap or hole"));
  for (const std::string offsets : {"[0]", "[0,1,2]", "[-1,0]", "[0,1.0]", "null", "{}"})
    EXPECT_THAT(refusal(file_bytes(one_tensor("U8", "[1]", offsets), "1")), HasSubstr("not two positions")) << offsets;
}

TEST_F(Safetensors, OverlappingAndMissingBytesAreRefused) {
  const auto two = [](const std::string& a, const std::string& b) {
    return R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)" + a +
           R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)" + b + "}}";
  };
  EXPECT_EQ(refusal(file_bytes(two("[2,4]", "[0,2]"), "1234")), "was accepted");
  EXPECT_THAT(refusal(file_bytes(two("[0,2]", "[1,3]"), "123")), HasSubstr("overlap or hole"));
  EXPECT_THAT(refusal(file_bytes(two("[0,2]", "[0,2]"), "12")), HasSubstr("overlap or hole"));
  EXPECT_THAT(refusal(file_bytes(two("[0,2]", "[3,5]"), "12345")), HasSubstr("overlap or hole"));
}

TEST_F(Safetensors, EntriesHoldExactlyThreeKnownKeys) {
  for (const std::string header : {R"({"w":1})", R"({"w":{}})", R"({"w":{"dtype":"U8","shape":[0]}})",
                                   R"({"w":{"dtype":8,"shape":[0],"data_offsets":[0,0]}})",
                                   R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":0}})"})
    EXPECT_THAT(refusal(file_bytes(header)), HasSubstr("not exactly")) << header;
  EXPECT_THAT(refusal(file_bytes(R"({"__metadata__":{"k":1}})")), HasSubstr("is no string"));
  EXPECT_THAT(refusal(file_bytes(R"({"__metadata__":[]})")), HasSubstr("is no object"));
}

TEST_F(Safetensors, BooleansAreZeroOrOne) {
  EXPECT_EQ(refusal(file_bytes(one_tensor("BOOL", "[2]", "[0,2]"), std::string("\0\1", 2))), "was accepted");
  EXPECT_THAT(refusal(file_bytes(one_tensor("BOOL", "[1]", "[0,1]"), "\x02")), HasSubstr("other than 0 and 1"));
}

TEST_F(Safetensors, MissingFilesAndFoldersAreRefused) {
  EXPECT_THAT(refusal_of_file(folder_ / "none.safetensors"), HasSubstr("no such file"));
  EXPECT_THAT(refusal_of_file(folder_), HasSubstr("no such file"));
}

TEST_F(Safetensors, HostileNamesStayOnOneShortLine) {
  const std::string header = R"({"a\nb)" + std::string(5000, 'c') + R"(":1})";
  EXPECT_LT(refusal(file_bytes(header)).size(), 400u);
}

TEST_F(Safetensors, TypesOutsideTheFormatAreNotWritten) {
  SafetensorsFile file;
  file.tensors["z"] = torch::zeros({1}, torch::kComplexFloat);
  EXPECT_THROW(serialise_safetensors(file), c10::Error);
  file.tensors = {{"__metadata__", torch::zeros({1})}};
  EXPECT_THROW(serialise_safetensors(file), c10::Error);
}

}  // namespace
}  // namespace voxprior
