#include "io/nifti/header.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/error.h"

namespace voxprior::nifti {
namespace {

namespace fs = std::filesystem;

/// Where each field lies, in bytes from the start of the header.
struct Layout {
  std::size_t magic, datatype, bitpix, dim, pixdim, vox_offset, scl_slope, scl_inter, descrip;
  std::size_t qform_code, sform_code, quatern, srow, xyzt_units;
};
constexpr Layout kNifti1 = {344, 70, 72, 40, 76, 108, 112, 116, 148, 252, 254, 256, 280, 123};
constexpr Layout kNifti2 = {4, 12, 14, 16, 104, 168, 176, 184, 240, 344, 348, 352, 400, 500};

constexpr std::string_view kMagic1("n+1\0", 4), kMagic2("n+2\0\r\n\032\n", 8);

const Layout& layout_of(const Header& header) { return header.version == 1 ? kNifti1 : kNifti2; }

/// Passes every field with its type in the file to `field(offset, member)`; one list serves loading and storing.
template <typename AnyHeader, typename Field>
void for_each_field(AnyHeader& h, Field field) {
  const Layout& at = layout_of(h);
  field(std::int16_t{}, at.datatype, h.datatype);
  field(std::int16_t{}, at.bitpix, h.bitpix);
  const auto for_each_of_version = [&](auto dimension, auto real, auto code, auto units, auto offset) {
    for (int n = 0; n < 8; ++n) field(dimension, at.dim + n * sizeof dimension, h.dim[n]);
    for (int n = 0; n < 8; ++n) field(real, at.pixdim + n * sizeof real, h.pixdim[n]);
    for (int n = 0; n < 6; ++n) field(real, at.quatern + n * sizeof real, h.quatern_and_qoffset[n]);
    for (int n = 0; n < 12; ++n) field(real, at.srow + n * sizeof real, h.srow[n]);
    field(offset, at.vox_offset, h.vox_offset);
    field(real, at.scl_slope, h.scl_slope);
    field(real, at.scl_inter, h.scl_inter);
    field(code, at.qform_code, h.qform_code);
    field(code, at.sform_code, h.sform_code);
    field(units, at.xyzt_units, h.xyzt_units);
  };
  if (h.version == 1) {
    for_each_of_version(std::int16_t{}, float{}, std::int16_t{}, std::uint8_t{}, float{});
  } else {
    for_each_of_version(std::int64_t{}, double{}, std::int32_t{}, std::int32_t{}, std::int64_t{});
  }
}

bool has_magic(const std::vector<unsigned char>& start, std::size_t offset, std::string_view magic) {
  return std::memcmp(start.data() + offset, magic.data(), magic.size()) == 0;
}

void check_magic(const fs::path& path, const Header& header, const std::vector<unsigned char>& start) {
  if (header.version == 2) {
    if (has_magic(start, kNifti2.magic, "ni2")) {
      fail(ExitCode::input, path, ": is one half of a .hdr/.img pair; convert it to a single .nii file");
    }
    if (!has_magic(start, kNifti2.magic, kMagic2)) fail(ExitCode::input, path, ": the NIfTI-2 signature is damaged");
    return;
  }
  if (has_magic(start, kNifti1.magic, "ni1")) {
    fail(ExitCode::input, path, ": is one half of a .hdr/.img pair; convert it to a single .nii file");
  }
  if (!has_magic(start, kNifti1.magic, kMagic1)) {
    fail(ExitCode::input, path,
         ": has no NIfTI signature (Analyze 7.5, which does not tell left from right, or damaged)");
  }
}

struct TypeCode {
  int datatype;
  VoxelType type;
};
constexpr TypeCode kTypes[] = {{2, VoxelType::uint8},    {4, VoxelType::int16},    {8, VoxelType::int32},
                               {16, VoxelType::float32}, {64, VoxelType::float64}, {256, VoxelType::int8},
                               {512, VoxelType::uint16}, {768, VoxelType::uint32}};

/// Why a datatype that the standard knows is not for us.
const char* reason_against(int datatype) {
  switch (datatype) {
    case 1:
      return "holds single bits; convert it to uint8";
    case 32:
    case 1792:
    case 2048:
      return "holds complex numbers; convert it to magnitude first";
    case 128:
    case 2304:
      return "holds RGB colours, not one number per voxel; convert it to a scalar image first";
    case 1024:
    case 1280:
      return "holds 64-bit integers; convert it to int32 or float32 first";
    case 1536:
      return "holds 128-bit numbers; convert it to float32 first";
    default:
      return "has an unknown datatype; the header is damaged";
  }
}

}  // namespace

Header recognise(const fs::path& path, const std::vector<unsigned char>& start) {
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
    const auto sizeof_hdr = load<std::int32_t>(start.data(), order);
    if (sizeof_hdr != 348 && sizeof_hdr != 540) continue;
    Header header;
    header.version = sizeof_hdr == 348 ? 1 : 2;
    header.order = order;
    check_magic(path, header, start);
    return header;
  }
  fail(ExitCode::input, path, ": is not a NIfTI file, whatever its name says");
}

void load_fields(Header& header, const std::vector<unsigned char>& bytes) {
  for_each_field(header, [&](auto type_in_file, std::size_t offset, auto& member) {
    const auto stored = load<decltype(type_in_file)>(bytes.data() + offset, header.order);
    member = static_cast<std::decay_t<decltype(member)>>(stored);
  });
}

void store_fields(const Header& header, std::vector<unsigned char>& bytes) {
  for_each_field(header, [&](auto type_in_file, std::size_t offset, const auto& member) {
    store(bytes.data() + offset, static_cast<decltype(type_in_file)>(member), header.order);
  });
}

void store_description(const Header& header, const std::string& text, std::vector<unsigned char>& bytes) {
  const auto descrip = bytes.begin() + static_cast<std::ptrdiff_t>(layout_of(header).descrip);
  std::fill_n(descrip, kDescriptionBytes, '\0');
  std::copy_n(text.begin(), std::min(text.size(), kDescriptionBytes - 1), descrip);
}

std::vector<unsigned char> blank_bytes(const Header& header) {
  std::vector<unsigned char> bytes(header.byte_count() + kExtenderBytes, 0);
  store(bytes.data(), static_cast<std::int32_t>(header.byte_count()), header.order);
  const std::string_view magic = header.version == 1 ? kMagic1 : kMagic2;
  std::copy(magic.begin(), magic.end(), bytes.begin() + static_cast<std::ptrdiff_t>(layout_of(header).magic));
  return bytes;
}

VoxelType voxel_type_of(const fs::path& path, const Header& header) {
  for (const TypeCode& code : kTypes) {
    if (code.datatype == header.datatype) return code.type;
  }
  fail(ExitCode::input, path, ": ", reason_against(header.datatype), " (datatype ", header.datatype, ")");
}

int datatype_of(VoxelType type) {
  for (const TypeCode& code : kTypes) {
    if (code.type == type) return code.datatype;
  }
  fail(ExitCode::bug, "voxel type ", static_cast<int>(type), " has no NIfTI datatype");
}

}  // namespace voxprior::nifti
