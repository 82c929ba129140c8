#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace voxprior::test {

/// Appends numbers in either byte order (the tests run on a little-endian machine or not: no shortcut is taken).
class ByteWriter {
 public:
  explicit ByteWriter(bool big_endian) : big_endian_(big_endian) {}

  template <typename T>
  void number(T value) {
    using Bits =
        std::conditional_t<sizeof(T) == 8, std::uint64_t,
                           std::conditional_t<sizeof(T) == 4, std::uint32_t,
                                              std::conditional_t<sizeof(T) == 2, std::uint16_t, std::uint8_t>>>;
    Bits bits;
    std::memcpy(&bits, &value, sizeof value);
    for (std::size_t n = 0; n < sizeof(T); ++n) {
      const std::size_t byte = big_endian_ ? sizeof(T) - 1 - n : n;
      bytes_ += static_cast<char>(bits >> (8 * byte) & 0xff);
    }
  }
  template <typename T, typename Values>
  void numbers(const Values& values) {
    for (const auto value : values) number(static_cast<T>(value));
  }
  void text(std::string text, std::size_t size) {
    text.resize(size, '\0');
    bytes_ += text;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  bool big_endian_;
  std::string bytes_;
};

/// A NIfTI file written field after field in the order of nifti1.h and nifti2.h, sharing nothing with the codec tested.
/// The default is a good int16 file of 7 x 5 x 6 voxels with equal sform and qform: turned about z by the angle whose
/// cosine is 0.8 and sine 0.6.
struct NiftiBytes {
  int version = 1;
  bool big_endian = false;
  std::string magic;  ///< empty: the right one
  std::array<std::int64_t, 8> dim{3, 7, 5, 6, 1, 1, 1, 1};
  int datatype = 4;
  int bitpix = 16;
  std::array<double, 8> pixdim{1, 0.5, 1.25, 2, 1, 1, 1, 1};
  double vox_offset = 0;  ///< 0: right behind the header and `extensions`
  double scl_slope = 0;
  double scl_inter = 0;
  double cal_max = 812.5;
  double cal_min = 3.25;
  std::string descrip = "from a scanner";
  std::string aux_file = "aux";
  std::string intent_name = "intent";
  int intent_code = 1001;
  int slice_code = 3;
  int xyzt_units = 2 | 8;  ///< mm and s
  int qform_code = 1;
  int sform_code = 4;
  std::array<double, 6> quatern{0, 0, 0.31622776601683794, 11, -22, 33};
  std::array<double, 12> srow{0.8 * 0.5, -0.6 * 1.25, 0, 11, 0.6 * 0.5, 0.8 * 1.25, 0, -22, 0, 0, 2, 33};
  std::string extensions;  ///< behind the 4 bytes that say whether there are any
  std::string voxels;      ///< empty: -1000, -997, ... as int16, one for each voxel of dim

  std::int64_t voxel_count() const {
    std::int64_t count = 1;
    for (int n = 1; n <= dim[0] && n < 8; ++n) count *= dim[n];
    return count;
  }

  template <typename T>
  void set_voxels(const std::vector<T>& values) {
    ByteWriter writer(big_endian);
    for (const T value : values) writer.number(value);
    voxels = writer.bytes();
  }

  std::string header_bytes() const { return version == 1 ? header1() : header2(); }

  std::string bytes() const {
    std::string data = voxels;
    if (data.empty()) {
      ByteWriter writer(big_endian);
      for (std::int64_t n = 0; n < voxel_count(); ++n) writer.number(static_cast<std::int16_t>(3 * n - 1000));
      data = writer.bytes();
    }
    const std::string extender(extensions.empty() ? "\0\0\0\0" : "\1\0\0\0", 4);
    return header_bytes() + extender + extensions + data;
  }

 private:
  double offset() const {
    const double header = version == 1 ? 348 : 540;
    return vox_offset != 0 ? vox_offset : header + 4 + static_cast<double>(extensions.size());
  }

  std::string header1() const {
    ByteWriter w(big_endian);
    w.number(std::int32_t{348});
    w.text("", 10 + 18 + 4 + 2 + 1);  // data_type, db_name, extents, session_error, regular
    w.number(std::int8_t{54});        // dim_info
    w.numbers<std::int16_t>(dim);
    w.numbers<float>(std::array{1.5, 2.5, 3.5});  // intent_p1..3
    w.number(static_cast<std::int16_t>(intent_code));
    w.number(static_cast<std::int16_t>(datatype));
    w.number(static_cast<std::int16_t>(bitpix));
    w.number(std::int16_t{1});  // slice_start
    w.numbers<float>(pixdim);
    w.numbers<float>(std::array{offset(), scl_slope, scl_inter});
    w.number(std::int16_t{4});  // slice_end
    w.number(static_cast<std::int8_t>(slice_code));
    w.number(static_cast<std::int8_t>(xyzt_units));
    w.numbers<float>(std::array{cal_max, cal_min, 0.125, 0.75});  // and slice_duration, toffset
    w.numbers<std::int32_t>(std::array{0, 0});                    // glmax, glmin
    w.text(descrip, 80);
    w.text(aux_file, 24);
    w.numbers<std::int16_t>(std::array{qform_code, sform_code});
    w.numbers<float>(quatern);
    w.numbers<float>(srow);
    w.text(intent_name, 16);
    w.text(magic.empty() ? "n+1" : magic, 4);
    return w.bytes();
  }

  std::string header2() const {
    ByteWriter w(big_endian);
    w.number(std::int32_t{540});
    w.text(magic.empty() ? std::string("n+2\0\r\n\032\n", 8) : magic, 8);
    w.numbers<std::int16_t>(std::array{datatype, bitpix});
    w.numbers<std::int64_t>(dim);
    w.numbers<double>(std::array{1.5, 2.5, 3.5});  // intent_p1..3
    w.numbers<double>(pixdim);
    w.number(static_cast<std::int64_t>(offset()));
    w.numbers<double>(std::array{scl_slope, scl_inter, cal_max, cal_min, 0.125, 0.75});
    w.numbers<std::int64_t>(std::array{1, 4});  // slice_start, slice_end
    w.text(descrip, 80);
    w.text(aux_file, 24);
    w.numbers<std::int32_t>(std::array{qform_code, sform_code});
    w.numbers<double>(quatern);
    w.numbers<double>(srow);
    w.numbers<std::int32_t>(std::array{slice_code, xyzt_units, intent_code});
    w.text(intent_name, 16);
    w.number(std::int8_t{54});  // dim_info
    w.text("", 15);
    return w.bytes();
  }
};

}  // namespace voxprior::test
