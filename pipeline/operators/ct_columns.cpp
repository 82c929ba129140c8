#include "pipeline/operators/ct_columns.h"

#include <torch/types.h>

#include <algorithm>

namespace voxprior {
namespace {

constexpr std::int64_t kBlock = 16;  // slices of a block: two registers of AVX2, a cache line

}  // namespace

CtColumns::CtColumns(const CtGeometry& g)
    : slices_(g.volume_size[0]),
      height_(g.volume_size[1]),
      width_(g.volume_size[2]),
      views_(g.views()),
      detector_rows_(g.detector_rows),
      detector_columns_(g.detector_columns) {
  if (g.beam == CtBeam::cone) {
    frame_ = 1;
    depth = slices_ + 2;
    rows = detector_rows_;
  } else {
    depth = rows = slices_ == 1 ? 1 : kBlock;
    blocks = (slices_ + depth - 1) / depth;
  }
}

torch::Tensor CtColumns::volume_part(const torch::Tensor& packed, std::int64_t block) const {
  const std::int64_t count = frame_ > 0 ? slices_ : std::min(depth, slices_ - block * depth);
  return packed[block].slice(0, 1, height_ + 1).slice(1, 1, width_ + 1).narrow(2, frame_, count).permute({2, 0, 1});
}

torch::Tensor CtColumns::projection_part(const torch::Tensor& packed, std::int64_t block) const {
  return packed[block].narrow(2, 0, std::min(rows, detector_rows_ - block * rows)).permute({0, 2, 1});
}

torch::Tensor CtColumns::zero_volume() const { return torch::zeros({blocks, height_ + 2, width_ + 2, depth}); }

torch::Tensor CtColumns::pack_volume(const torch::Tensor& volume) const {
  const torch::Tensor packed = zero_volume();
  for (std::int64_t b = 0; b < blocks; ++b) {
    const torch::Tensor part = volume_part(packed, b);
    part.copy_(volume.narrow(0, b * depth, part.size(0)));
  }
  return packed;
}

torch::Tensor CtColumns::unpack_volume(const torch::Tensor& packed) const {
  const torch::Tensor volume = torch::empty({slices_, height_, width_});
  for (std::int64_t b = 0; b < blocks; ++b) {
    const torch::Tensor part = volume_part(packed, b);
    volume.narrow(0, b * depth, part.size(0)).copy_(part);
  }
  return volume;
}

torch::Tensor CtColumns::zero_projections() const { return torch::zeros({blocks, views_, detector_columns_, rows}); }

torch::Tensor CtColumns::pack_projections(const torch::Tensor& projections) const {
  const torch::Tensor packed = zero_projections();
  for (std::int64_t b = 0; b < blocks; ++b) {
    const torch::Tensor part = projection_part(packed, b);
    part.copy_(projections.narrow(1, b * rows, part.size(1)));
  }
  return packed;
}

torch::Tensor CtColumns::unpack_projections(const torch::Tensor& packed) const {
  const torch::Tensor projections = torch::empty({views_, detector_rows_, detector_columns_});
  for (std::int64_t b = 0; b < blocks; ++b) {
    const torch::Tensor part = projection_part(packed, b);
    projections.narrow(1, b * rows, part.size(1)).copy_(part);
  }
  return projections;
}

}  // namespace voxprior
