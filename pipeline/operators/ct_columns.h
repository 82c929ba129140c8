#pragma once

#include <torch/types.h>

#include "pipeline/operators/ct_geometry.h"

namespace voxprior {

/// How the CT kernels lay data out: z (slices, detector rows) fastest, so that what a ray does to one slice it does to
/// all of them in one vector loop. A frame of one voxel of zeros spares the kernels every test at the border.
///
///   volume       [D,H,W] -> [blocks, H+2, W+2, depth]     projections  [V,R,U] -> [blocks, V, U, rows]
///
/// Parallel and fan beams treat slices independently: they are cut into blocks of `depth` = `rows`, the last one filled
/// with zeros. A cone beam has one block with all D slices in a frame (depth = D + 2) and all R rows.
struct CtColumns {
  explicit CtColumns(const CtGeometry& geometry);

  torch::Tensor pack_volume(const torch::Tensor& volume) const;
  torch::Tensor zero_volume() const;
  torch::Tensor unpack_volume(const torch::Tensor& packed) const;

  torch::Tensor pack_projections(const torch::Tensor& projections) const;
  torch::Tensor zero_projections() const;
  torch::Tensor unpack_projections(const torch::Tensor& packed) const;

  std::int64_t blocks = 1, depth = 1, rows = 1;

 private:
  torch::Tensor volume_part(const torch::Tensor& packed, std::int64_t block) const;      // [n,H,W] view of a block
  torch::Tensor projection_part(const torch::Tensor& packed, std::int64_t block) const;  // [V,n,U] view

  std::int64_t frame_ = 0;  // voxels of zeros before and after the slices
  std::int64_t slices_, height_, width_;
  std::int64_t views_, detector_rows_, detector_columns_;
};

}  // namespace voxprior
