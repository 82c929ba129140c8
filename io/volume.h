#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace voxprior {

/// Where a voxel grid lies in the patient: DICOM LPS millimetres, +x left, +y posterior, +z superior.
/// Axis order here is (i, j, k), i fastest in memory; tensors are indexed [k, j, i] = [D, H, W].
struct Geometry {
  std::array<std::int64_t, 3> size{0, 0, 0};                        ///< voxels along i, j, k
  std::array<double, 3> spacing_mm{1, 1, 1};                        ///< distance between voxel centres, > 0
  std::array<double, 3> origin_mm{0, 0, 0};                         ///< LPS position of the centre of voxel (0,0,0)
  std::array<double, 9> lps_from_index{1, 0, 0, 0, 1, 0, 0, 0, 1};  ///< row-major; column k = unit direction of axis k

  std::int64_t voxel_count() const { return size[0] * size[1] * size[2]; }
};

enum class VoxelType { int8, uint8, int16, uint16, int32, uint32, float32, float64 };
enum class Modality { unknown, mr, ct };
enum class FileFormat { nifti, nrrd, metaimage };

/// How the voxels were stored in the file they came from, so that they can be written back the same way.
/// stored = (value - intercept) / slope.
struct StoredForm {
  FileFormat format = FileFormat::nifti;
  VoxelType type = VoxelType::float32;
  double slope = 1;
  double intercept = 0;
  std::vector<unsigned char> native_header;     ///< NIfTI: the file's own header and extensions, byte for byte
  std::map<std::string, std::string> metadata;  ///< NRRD, MetaImage: the key-value pairs found
};

/// A scalar 3D image and everything needed to write it back.
struct Volume {
  std::vector<float> voxels;  ///< real values (slope and intercept applied), i fastest: voxels[(k*size[1]+j)*size[0]+i]
  Geometry geometry;
  StoredForm stored;
  Modality modality = Modality::unknown;  ///< CT values are Hounsfield units; MR values have no fixed unit
  std::vector<std::string> notices;       ///< what a user should know about this file (precision lost, odd codes)
};

}  // namespace voxprior
