#include "pipeline/operators/ct_projector.h"

#include <ATen/Parallel.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "pipeline/core/vectorised.h"
#include "pipeline/operators/ct_columns.h"
#include "pipeline/operators/ct_ray_path.h"

namespace voxprior {
namespace {

/// Strides of a packed volume along a path: one step on, and one voxel to the side. Indices count the frame.
struct Strides {
  Strides(const CtRayPath& path, std::int64_t width, std::int64_t depth)
      : main(path.along_x ? depth : (width + 2) * depth), other(path.along_x ? (width + 2) * depth : depth) {}
  std::int64_t main, other;
};

/// Where step k of a path interpolates: `weight` of the way from voxel `near` (frame counted) to the next.
struct Between {
  Between(const CtRayPath& path, std::int64_t k) {
    const double position = path.other(k) + 1;
    near = static_cast<std::int64_t>(position);
    weight = static_cast<float>(position - static_cast<double>(near));
  }
  std::int64_t near;
  float weight;
};

/// Image rows [first, last), frame counted, that a thread of adjoint() writes; every ray is cut to them.
struct RowSlab {
  std::int64_t first, last;
  bool has(std::int64_t row) const { return row >= first && row < last; }
  CtSteps steps(const CtRayPath& path) const {
    if (!path.along_x) return {std::max(path.first, first - 1), std::min(path.last, last - 1)};
    return steps_between(path, static_cast<double>(first) - 2, static_cast<double>(last) - 1);
  }
};

// Slices side by side: parallel and fan beams ------------------------------------------------------------------------

template <int depth>
inline __attribute__((always_inline)) void project_slices(const float* volume, const CtRayPath& path,
                                                          const Strides& stride, float* result) {
  float sum[depth] = {};
  for (std::int64_t k = path.first; k < path.last; ++k) {
    const Between at(path, k);
    const float* near = volume + (k + 1) * stride.main + at.near * stride.other;
    const float* far = near + stride.other;
    for (int z = 0; z < depth; ++z) sum[z] += (1 - at.weight) * near[z] + at.weight * far[z];
  }
  for (int z = 0; z < depth; ++z) result[z] = sum[z] * static_cast<float>(path.step_mm);
}

template <int depth>
inline __attribute__((always_inline)) void smear_slices(float* volume, const CtRayPath& path, const Strides& stride,
                                                        const RowSlab& slab, const float* data) {
  float value[depth];
  for (int z = 0; z < depth; ++z) value[z] = data[z] * static_cast<float>(path.step_mm);
  const CtSteps steps = slab.steps(path);
  for (std::int64_t k = steps.first; k < steps.last; ++k) {
    const Between at(path, k);
    float* near = volume + (k + 1) * stride.main + at.near * stride.other;
    float* far = near + stride.other;
    if (!path.along_x || slab.has(at.near))
      for (int z = 0; z < depth; ++z) near[z] += (1 - at.weight) * value[z];
    if (!path.along_x || slab.has(at.near + 1))
      for (int z = 0; z < depth; ++z) far[z] += at.weight * value[z];
  }
}

VOXPRIOR_AVX2_TOO void project_16_slices(const float* volume, const CtRayPath& path, const Strides& stride,
                                         float* result) {
  project_slices<16>(volume, path, stride, result);
}

VOXPRIOR_AVX2_TOO void smear_16_slices(float* volume, const CtRayPath& path, const Strides& stride, const RowSlab& slab,
                                       const float* data) {
  smear_slices<16>(volume, path, stride, slab, data);
}

// Columns of slices and detector rows: cone beam
// -----------------------------------------------------------------------

/// A vertical fan: the rays from the source to one detector column share their path in the plane of rotation, and at
/// every step of it the row r is at height start + slope * r, in slices with the frame counted.
struct VerticalFan {
  VerticalFan(const CtGeometry& g, const CtPlanarRay& ray, const CtRayPath& path)
      : rows(g.detector_rows),
        slices(g.volume_size[0]),
        first_row(g.row_mm(0) / ray.detector_mm / g.spacing_mm[2]),
        row_step(g.row_pitch_mm / ray.detector_mm / g.spacing_mm[2]),
        middle(1 - g.voxel_mm(2, 0) / g.spacing_mm[2]),
        path(path) {}

  std::int64_t rows, slices;
  double first_row, row_step, middle;
  const CtRayPath& path;
};

struct RowHeights {
  RowHeights(const VerticalFan& fan, std::int64_t k) {
    const double distance = fan.path.distance_mm(k);
    const double from = fan.middle + distance * fan.first_row, step = distance * fan.row_step;
    // Rows between the middles of the frame's slices, 0 and slices + 1.
    const double low = std::ceil(-from / step), high = (static_cast<double>(fan.slices) + 1 - from) / step;
    first = static_cast<std::int64_t>(std::clamp(low, 0.0, static_cast<double>(fan.rows)));
    last = static_cast<std::int64_t>(std::clamp(std::floor(high) + 1, 0.0, static_cast<double>(fan.rows)));
    start = static_cast<float>(from), slope = static_cast<float>(step);
    if (first >= last) {
      first = last = 0;
      return;
    }
    // The slices that those rows touch, with one to spare for rounding.
    lowest = std::max<std::int64_t>(0, static_cast<std::int64_t>(from + step * static_cast<double>(first)) - 1);
    highest = std::min<std::int64_t>(fan.slices + 2,
                                     static_cast<std::int64_t>(from + step * static_cast<double>(last - 1)) + 3);
  }
  std::int64_t first, last;      // rows whose rays pass between slices of the volume or its frame
  std::int64_t lowest, highest;  // slices [lowest, highest) that they touch
  float start, slope;
};

VOXPRIOR_AVX2_TOO void project_column(const float* __restrict volume, const VerticalFan& fan, const Strides& stride,
                                      float* __restrict slices, float* __restrict result) {
  const CtRayPath& path = fan.path;
  const int top = static_cast<int>(fan.slices);
  for (std::int64_t k = path.first; k < path.last; ++k) {
    const Between at(path, k);
    const RowHeights rows(fan, k);
    if (rows.first >= rows.last) continue;
    const float* near = volume + (k + 1) * stride.main + at.near * stride.other;
    const float* far = near + stride.other;
    for (std::int64_t z = rows.lowest; z < rows.highest; ++z)
      slices[z] = (1 - at.weight) * near[z] + at.weight * far[z];
    const float start = rows.start, slope = rows.slope;
    const int last = static_cast<int>(rows.last);
    for (int r = static_cast<int>(rows.first); r < last; ++r) {
      const float height = start + slope * static_cast<float>(r);
      const int below = std::min(static_cast<int>(height), top);
      const float weight = height - static_cast<float>(below);
      result[r] += (1 - weight) * slices[below] + weight * slices[below + 1];
    }
  }
}

VOXPRIOR_AVX2_TOO void smear_column(float* volume, const VerticalFan& fan, const Strides& stride, const RowSlab& slab,
                                    float* slices, const float* data) {
  const CtRayPath& path = fan.path;
  const int top = static_cast<int>(fan.slices);
  const CtSteps steps = slab.steps(path);
  for (std::int64_t k = steps.first; k < steps.last; ++k) {
    const Between at(path, k);
    const bool writes_near = !path.along_x || slab.has(at.near), writes_far = !path.along_x || slab.has(at.near + 1);
    const RowHeights rows(fan, k);
    if (rows.first >= rows.last || !(writes_near || writes_far)) continue;
    for (std::int64_t z = rows.lowest; z < rows.highest; ++z) slices[z] = 0;
    const float start = rows.start, slope = rows.slope;
    const int last = static_cast<int>(rows.last);
    for (int r = static_cast<int>(rows.first); r < last; ++r) {
      const float height = start + slope * static_cast<float>(r);
      const int below = std::min(static_cast<int>(height), top);
      const float weight = height - static_cast<float>(below);
      slices[below] += (1 - weight) * data[r];
      slices[below + 1] += weight * data[r];
    }
    float* near = volume + (k + 1) * stride.main + at.near * stride.other;
    float* far = near + stride.other;
    if (writes_near)
      for (std::int64_t z = rows.lowest; z < rows.highest; ++z) near[z] += (1 - at.weight) * slices[z];
    if (writes_far)
      for (std::int64_t z = rows.lowest; z < rows.highest; ++z) far[z] += at.weight * slices[z];
  }
}

/// Length of one step along the ray to each detector row.
std::vector<float> step_lengths_mm(const CtGeometry& g, const CtPlanarRay& ray, const CtRayPath& path) {
  std::vector<float> lengths(static_cast<std::size_t>(g.detector_rows));
  for (std::size_t r = 0; r < lengths.size(); ++r)
    lengths[r] = static_cast<float>(path.step_mm * std::hypot(1.0, g.row_mm(static_cast<double>(r)) / ray.detector_mm));
  return lengths;
}

// The operator
// ---------------------------------------------------------------------------------------------------------

/// The rays from a view to its detector columns.
struct ViewRay {
  CtPlanarRay ray;
  CtRayPath path;
};
std::vector<ViewRay> rays_of_view(const CtGeometry& g, std::int64_t view) {
  std::vector<ViewRay> rays;
  for (std::int64_t u = 0; u < g.detector_columns; ++u) {
    const CtPlanarRay ray = planar_ray(g, view, u);
    rays.push_back({ray, ray_path(g, ray)});
  }
  return rays;
}

/// Room of a thread for one column of slices and one of detector rows.
struct Workspace {
  explicit Workspace(const CtColumns& columns)
      : slices(static_cast<std::size_t>(columns.depth)), values(static_cast<std::size_t>(columns.rows)) {}
  std::vector<float> slices, values;
};

void project_view(const CtGeometry& g, const CtColumns& columns, const std::vector<ViewRay>& rays, const float* volume,
                  float* result, Workspace& work) {
  for (const ViewRay& r : rays) {
    const Strides stride(r.path, g.volume_size[2], columns.depth);
    if (g.beam == CtBeam::cone) {
      project_column(volume, VerticalFan(g, r.ray, r.path), stride, work.slices.data(), result);
      const std::vector<float> lengths = step_lengths_mm(g, r.ray, r.path);
      for (std::size_t row = 0; row < lengths.size(); ++row) result[row] *= lengths[row];
    } else if (columns.depth == 1) {
      project_slices<1>(volume, r.path, stride, result);
    } else {
      project_16_slices(volume, r.path, stride, result);
    }
    result += columns.rows;
  }
}

void smear_view(const CtGeometry& g, const CtColumns& columns, const std::vector<ViewRay>& rays, const RowSlab& slab,
                float* volume, const float* data, Workspace& work) {
  for (const ViewRay& r : rays) {
    const Strides stride(r.path, g.volume_size[2], columns.depth);
    if (g.beam == CtBeam::cone) {
      const std::vector<float> lengths = step_lengths_mm(g, r.ray, r.path);
      for (std::size_t row = 0; row < lengths.size(); ++row) work.values[row] = data[row] * lengths[row];
      smear_column(volume, VerticalFan(g, r.ray, r.path), stride, slab, work.slices.data(), work.values.data());
    } else if (columns.depth == 1) {
      smear_slices<1>(volume, r.path, stride, slab, data);
    } else {
      smear_16_slices(volume, r.path, stride, slab, data);
    }
    data += columns.rows;
  }
}

}  // namespace

CtProjector::CtProjector(CtGeometry geometry) : geometry_(std::move(geometry)) { check_geometry(geometry_); }

std::vector<std::int64_t> CtProjector::domain() const {
  return {geometry_.volume_size.begin(), geometry_.volume_size.end()};
}

std::vector<std::int64_t> CtProjector::codomain() const {
  return {geometry_.views(), geometry_.detector_rows, geometry_.detector_columns};
}

torch::Tensor CtProjector::forward(const torch::Tensor& x) const {
  TORCH_CHECK(x.sizes() == domain() && x.scalar_type() == torch::kFloat, "expected a float32 volume ", domain(),
              ", got ", x.dtype(), " ", x.sizes());
  const torch::NoGradGuard no_grad;
  const CtColumns columns(geometry_);
  const torch::Tensor volume = columns.pack_volume(x.cpu()), projections = columns.zero_projections();
  const float* from = volume.data_ptr<float>();
  float* to = projections.data_ptr<float>();
  const std::int64_t from_block = volume.stride(0), to_block = projections.stride(0), to_view = projections.stride(1);
  for_slabs(
      static_cast<std::size_t>(geometry_.views()), 1, at::get_num_threads(), [&](std::size_t begin, std::size_t end) {
        Workspace work(columns);
        for (auto view = static_cast<std::int64_t>(begin); view < static_cast<std::int64_t>(end); ++view) {
          const std::vector<ViewRay> rays = rays_of_view(geometry_, view);
          for (std::int64_t b = 0; b < columns.blocks; ++b)
            project_view(geometry_, columns, rays, from + b * from_block, to + b * to_block + view * to_view, work);
        }
      });
  return columns.unpack_projections(projections).to(x.device());
}

torch::Tensor CtProjector::adjoint(const torch::Tensor& y) const {
  TORCH_CHECK(y.sizes() == codomain() && y.scalar_type() == torch::kFloat, "expected float32 projections ", codomain(),
              ", got ", y.dtype(), " ", y.sizes());
  const torch::NoGradGuard no_grad;
  const CtColumns columns(geometry_);
  const torch::Tensor projections = columns.pack_projections(y.cpu()), volume = columns.zero_volume();
  const float* from = projections.data_ptr<float>();
  float* to = volume.data_ptr<float>();
  const std::int64_t from_block = projections.stride(0), from_view = projections.stride(1), to_block = volume.stride(0);
  // Threads own rows of the image, not views: no two write the same voxel, and each voxel adds up in the order of
  // views.
  for_slabs(static_cast<std::size_t>(geometry_.volume_size[1] + 2), 8, at::get_num_threads(),
            [&](std::size_t begin, std::size_t end) {
              const RowSlab slab{static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end)};
              Workspace work(columns);
              for (std::int64_t view = 0; view < geometry_.views(); ++view) {
                const std::vector<ViewRay> rays = rays_of_view(geometry_, view);
                for (std::int64_t b = 0; b < columns.blocks; ++b)
                  smear_view(geometry_, columns, rays, slab, to + b * to_block,
                             from + b * from_block + view * from_view, work);
              }
            });
  return columns.unpack_volume(volume).to(y.device());
}

}  // namespace voxprior
