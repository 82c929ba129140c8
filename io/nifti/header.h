#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/stream/byte_order.h"
#include "io/volume.h"

namespace voxprior::nifti {

/// What the header of a NIfTI-1 or NIfTI-2 file says, widened to one form. Only the fields that we read or change; the
/// others stay in the file's own bytes. Field names are the standard's (nifti1.h, nifti2.h).
struct Header {
  int version = 1;  ///< 1 or 2
  ByteOrder order = kHostOrder;
  std::array<std::int64_t, 8> dim{};
  int datatype = 0;
  int bitpix = 0;
  std::array<double, 8> pixdim{};
  double vox_offset = 0;  ///< a float in NIfTI-1
  double scl_slope = 0;
  double scl_inter = 0;
  int xyzt_units = 0;
  int qform_code = 0;
  int sform_code = 0;
  std::array<double, 6> quatern_and_qoffset{};  ///< b, c, d, x, y, z
  std::array<double, 12> srow{};                ///< srow_x, srow_y, srow_z: row-major 3x4, RAS

  std::size_t byte_count() const { return version == 1 ? 348 : 540; }
};

constexpr std::size_t kSmallestHeader = 348, kExtenderBytes = 4, kDescriptionBytes = 80;

/// Tells from the first kSmallestHeader bytes of a file whether it is NIfTI, which version, in which byte order; throws
/// Error(ExitCode::input) for anything else. Fills version and order only.
Header recognise(const std::filesystem::path& path, const std::vector<unsigned char>& start);

/// Fills the rest from the header's bytes. Checks nothing.
void load_fields(Header& header, const std::vector<unsigned char>& bytes);

/// Stores the fields of `header` into bytes of the same version and byte order; leaves all other bytes alone.
void store_fields(const Header& header, std::vector<unsigned char>& bytes);

/// descrip: up to 79 characters, the rest zero.
void store_description(const Header& header, const std::string& text, std::vector<unsigned char>& bytes);

/// A header with magic, sizeof_hdr and the empty extender (no extensions), all else zero.
std::vector<unsigned char> blank_bytes(const Header& header);

/// The voxel type that a datatype code means; throws Error(ExitCode::input) with the reason for one that is not a
/// scalar.
VoxelType voxel_type_of(const std::filesystem::path& path, const Header& header);
int datatype_of(VoxelType type);

}  // namespace voxprior::nifti
