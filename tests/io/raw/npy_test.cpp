#include "io/raw/npy.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "tests/support/nifti_bytes.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Complex = std::complex<float>;

/// A .npy file put together by hand; a test may change any part.
struct NpyBytes {
  int version = 1;
  std::string descr = "<c8", order = "False", shape = "(2, 3)", header;
  std::string data;

  std::string text() const {
    const std::string dictionary =
        "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
    return header.empty() ? dictionary + std::string(3, ' ') + "\n" : header;
  }
  std::string bytes() const {
    test::ByteWriter length(false);
    if (version == 1) {
      length.number(static_cast<std::uint16_t>(text().size()));
    } else {
      length.number(static_cast<std::uint32_t>(text().size()));
    }
    return std::string("\x93NUMPY") + static_cast<char>(version) + '\0' + length.bytes() + text() + data;
  }
};

template <typename T>
std::string numbers(bool big_endian, int count) {
  test::ByteWriter writer(big_endian);
  for (int n = 0; n < count; ++n) writer.number(static_cast<T>(n));
  return writer.bytes();
}

class Npy : public testing::Test {
 protected:
  NumberArray read(const NpyBytes& file, const RawLimits& limits = {}) {
    test::put_bytes(scratch_ / "a.npy", file.bytes());
    return read_npy(scratch_ / "a.npy", limits);
  }
  test::ScratchFolder scratch_;
};

TEST_F(Npy, ReadsEveryVersionAndType) {
  for (const int version : {1, 2, 3}) {
    NpyBytes file;
    file.version = version;
    file.data = numbers<float>(false, 12);
    const NumberArray array = read(file);
    EXPECT_THAT(array.shape, ElementsAre(2, 3));
    EXPECT_EQ(array.kind, NumberArray::Kind::complex);
    EXPECT_EQ(array.values[4], Complex(8, 9));
  }
  NpyBytes file;
  file.descr = ">c16", file.data = numbers<double>(true, 12);
  EXPECT_EQ(read(file).values[5], Complex(10, 11));
  file.descr = ">f4", file.data = numbers<float>(true, 6);
  EXPECT_EQ(read(file).values[5], Complex(5, 0));
  EXPECT_EQ(read(file).kind, NumberArray::Kind::real);
  file.descr = "<i2", file.data = numbers<std::int16_t>(false, 6);
  EXPECT_EQ(read(file).values[3], Complex(3, 0));
  file.descr = "|b1", file.data = std::string("\0\1\0\0\1\1", 6);
  EXPECT_EQ(read(file).kind, NumberArray::Kind::boolean);
  EXPECT_EQ(read(file).values[1], Complex(1, 0));
}

TEST_F(Npy, FortranOrderBecomesOurs) {
  NpyBytes file;
  file.descr = "<f4", file.order = "True", file.shape = "(2, 3)", file.data = numbers<float>(false, 6);
  // Stored column by column: rows are 0 2 4 and 1 3 5.
  EXPECT_THAT(read(file).values, ElementsAre(0, 2, 4, 1, 3, 5));
  file.shape = "(2, 3, 2)", file.data = numbers<float>(false, 12);
  EXPECT_THAT(read(file).values, ElementsAre(0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11));
}

TEST_F(Npy, WhatIsWrittenComesBack) {
  NumberArray array;
  array.shape = {2, 1, 3};
  for (int n = 0; n < 6; ++n) array.values.emplace_back(n + 0.25f, -n);
  write_npy(scratch_ / "b.npy", array, Overwrite::no);
  const NumberArray again = read_npy(scratch_ / "b.npy");
  EXPECT_EQ(again.values, array.values);
  EXPECT_EQ(again.shape, array.shape);
  EXPECT_EQ(test::bytes_of(scratch_ / "b.npy").find('\n') % 64, 63u);  // the data are aligned, as numpy likes it

  array.kind = NumberArray::Kind::boolean;
  write_npy(scratch_ / "mask.npy", array, Overwrite::no);
  EXPECT_THAT(read_npy(scratch_ / "mask.npy").values, ElementsAre(1, 1, 1, 1, 1, 1));
  EXPECT_THAT(test::refusal(ExitCode::output, [&] { write_npy(scratch_ / "b.npy", array, Overwrite::no); }),
              HasSubstr("exists"));
}

struct NpyCase {
  const char* name;
  void (*spoil)(NpyBytes&);
  const char* message;
};
class NpyRefusal : public testing::TestWithParam<NpyCase> {};

TEST_P(NpyRefusal, SaysWhy) {
  const test::ScratchFolder scratch;
  NpyBytes file;
  file.data = numbers<float>(false, 12);
  GetParam().spoil(file);
  test::put_bytes(scratch / "a.npy", file.bytes());
  RawLimits limits;
  limits.max_samples = 1000;
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_npy(scratch / "a.npy", limits); }),
              HasSubstr(GetParam().message));
}

const NpyCase kCases[] = {
    {"Short", [](auto& f) { f.data.pop_back(); }, "holds 47 bytes of data, its header promises 48"},
    {"Long", [](auto& f) { f.data += "x"; }, "promises 48"},
    {"Version", [](auto& f) { f.version = 4; }, "version 4"},
    {"Pickle", [](auto& f) { f.descr = "|O"; }, "no plain numbers"},
    {"Structure", [](auto& f) { f.header = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}"; },
     "header is damaged"},
    {"NoByteOrder", [](auto& f) { f.descr = "c8"; }, "no plain numbers"},
    {"NativeOrder", [](auto& f) { f.descr = "=c8"; }, "no plain numbers"},
    {"EmptyType", [](auto& f) { f.descr = ""; }, "no plain numbers"},
    {"Negative", [](auto& f) { f.shape = "(-2, 3)"; }, "header is damaged"},
    {"Zero", [](auto& f) { f.shape = "(0, 3)"; }, "must be positive"},
    {"TooLarge", [](auto& f) { f.shape = "(100000, 100000, 100000)"; }, "more than the 1000 numbers"},
    {"Overflow", [](auto& f) { f.shape = "(99999999999999999999, 3)"; }, "header is damaged"},
    {"Order", [](auto& f) { f.order = "Maybe"; }, "header is damaged"},
    {"MissingKey", [](auto& f) { f.header = "{'descr': '<c8', 'shape': (2, 3)}"; }, "header is damaged"},
    {"KeyTwice",
     [](auto& f) { f.header = "{'descr': '<c8', 'descr': '<c8', 'fortran_order': False, 'shape': (2, 3)}"; },
     "header is damaged"},
    {"Call", [](auto& f) { f.header = "__import__('os').system('true')"; }, "header is damaged"},
    {"Trailing", [](auto& f) { f.header = "{'descr': '<c8', 'fortran_order': False, 'shape': (2, 3)} x"; },
     "header is damaged"},
    {"Unclosed", [](auto& f) { f.header = "{'descr': '<c8', 'fortran_order': False, 'shape': (2, 3"; },
     "header is damaged"},
    {"Nan",
     [](auto& f) {
       test::ByteWriter nan(false);
       nan.number(std::numeric_limits<float>::quiet_NaN());
       f.data.replace(32, 4, nan.bytes());
     },
     "1 value is NaN or infinite, the first at index [1, 1]"},
};
INSTANTIATE_TEST_SUITE_P(, NpyRefusal, testing::ValuesIn(kCases), [](const auto& info) { return info.param.name; });

TEST_F(Npy, EveryCutIsRefused) {
  NpyBytes file;
  file.data = numbers<float>(false, 12);
  const std::string whole = file.bytes();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    test::put_bytes(scratch_ / "cut.npy", whole.substr(0, length));
    test::refusal(ExitCode::input, [&] { read_npy(scratch_ / "cut.npy"); });
  }
}

}  // namespace
}  // namespace voxprior
