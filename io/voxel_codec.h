#pragma once

#include <cstddef>
#include <cstdint>

#include "io/stream/byte_order.h"
#include "io/volume.h"

namespace voxprior {

std::size_t bytes_per_voxel(VoxelType type);
const char* name_of(VoxelType type);

/// How numbers lie in a file: value = stored * slope + intercept.
struct VoxelCoding {
  VoxelType type = VoxelType::float32;
  ByteOrder order = kHostOrder;
  double slope = 1;
  double intercept = 0;
};

struct DecodeCounts {
  std::int64_t nonfinite = 0;  ///< NaN, infinite, or beyond float32
  std::int64_t inexact = 0;    ///< stored as int32, uint32 or float64 and rounded to float32
};

/// Decodes `count` stored voxels into `values`. `bytes` is scratch: it is brought into host order in place.
DecodeCounts decode_voxels(const VoxelCoding& coding, unsigned char* bytes, std::size_t count, float* values);

struct EncodeCounts {
  std::int64_t clipped = 0;    ///< beyond the limits of the stored type, clipped to them
  std::int64_t nonfinite = 0;  ///< NaN or infinite: stored as 0 in integer types; the caller decides whether to go on
};

/// Encodes `count` values: rounded to nearest (half to even) and clipped, never truncated or wrapped.
EncodeCounts encode_voxels(const VoxelCoding& coding, const float* values, std::size_t count, unsigned char* bytes);

}  // namespace voxprior
