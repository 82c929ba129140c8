#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/voxel_codec.h"

namespace voxprior {

enum class Encoding { raw, gzip, zlib };

/// Where the voxels of an NRRD or MetaImage file lie, after every claim of its header was checked. What the header says
/// about orientation is left to ITK.
struct DataBlock {
  std::array<std::int64_t, 3> size{};
  VoxelCoding coding;
  Encoding encoding = Encoding::raw;
  std::uint64_t offset = 0;  ///< bytes before the voxels
  std::vector<std::string> notices;
};

/// Parses and checks the text header of an .nrrd file (teem's "Definition of NRRD File Format", NRRD0001 to NRRD0005).
/// Throws Error(ExitCode::input) for damage and for what is not a scalar 3D image in one file.
DataBlock check_nrrd_header(const std::filesystem::path& path);

/// The same for an .mha file (MetaIO's "MetaImage" documentation).
DataBlock check_metaimage_header(const std::filesystem::path& path);

}  // namespace voxprior
