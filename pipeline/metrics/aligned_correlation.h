#pragma once

#include "pipeline/metrics/features/fourier.h"

namespace voxprior {

/// The image seen in a mirror across one of its axes (0: i, 1: j, 2: k).
Image mirrored(const Image& image, int axis);

/// How alike two volumes are when one is moved onto the other.
struct AlignedCorrelation {
  double correlation = 0;               ///< of all voxels, 1 for equal up to brightness and contrast
  std::array<std::int64_t, 3> shift{};  ///< voxels, of the image given, by which the second was moved along i, j, k
};

/// An image made ready to be correlated with many others: shrunk to at most 48 voxels a side, its mean removed, its
/// length made 1, transformed.
class CorrelationImage {
 public:
  explicit CorrelationImage(const Image& image);

  /// The largest correlation over all shifts of `other`, whole voxels of the shrunk grid, up to an eighth of each side,
  /// wrapping around. By the inverse Fourier transform of the cross spectrum, axis by axis, at these shifts alone.
  /// Both images have one size.
  AlignedCorrelation with(const CorrelationImage& other) const;

 private:
  std::array<std::int64_t, 3> size_, factor_;
  Spectrum spectrum_;              // [k][j][i], i to half its length: the rest are conjugates
  std::array<Spectrum, 3> waves_;  // of each axis, [shift][frequency]: what a frequency gives at a shift
};

}  // namespace voxprior
