#include "pipeline/reconstruction/weighted_back_projection.h"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/parallel.h"
#include "pipeline/core/vectorised.h"
#include "pipeline/operators/ct_columns.h"

namespace voxprior {
namespace {

constexpr std::size_t kTileRows = 8;  // rows of the image that stay in the cache while the views pass

/// Where the voxels of an image row are seen by a view.
struct Sight {
  explicit Sight(const CtGeometry& g)
      : column(static_cast<std::size_t>(g.volume_size[2])), weight(column.size()), row_scale(column.size()) {}
  std::vector<float> column;  ///< on the detector, 0 being the column of zeros before the first
  std::vector<float> weight;
  std::vector<float> row_scale;  ///< mm on the detector for each mm of z
};

void look_at_row(const CtGeometry& g, double angle, double view_weight, std::int64_t j, Sight& sight) {
  const double c = std::cos(angle), s = std::sin(angle);
  const double y = g.voxel_mm(1, static_cast<double>(j));
  const double first_column = g.column_mm(-1);
  for (std::int64_t i = 0; i < g.volume_size[2]; ++i) {
    const double x = g.voxel_mm(0, static_cast<double>(i));
    const double across = x * c + y * s;
    double u = across, scale = 1, length = 1;
    if (g.beam != CtBeam::parallel) {
      const double along = g.source_to_isocentre_mm - x * s + y * c;
      const bool flat = g.detector_shape == CtDetectorShape::flat;
      const double distance = flat ? along : std::hypot(along, across);
      scale = g.source_to_detector_mm / distance;
      u = flat ? across * scale : g.source_to_detector_mm * std::atan2(across, along);
      length = distance / g.source_to_isocentre_mm;
    }
    const auto at = static_cast<std::size_t>(i);
    sight.column[at] = static_cast<float>((u - first_column) / g.column_pitch_mm);
    sight.weight[at] = static_cast<float>(view_weight / (length * length));
    sight.row_scale[at] = static_cast<float>(scale);
  }
}

/// The two columns between which a position lies, the columns of zeros at 0 and columns + 1 counted.
struct ColumnPair {
  ColumnPair(float position, std::int64_t columns) {
    const float inside = std::min(std::max(position, 0.0f), static_cast<float>(columns + 1));
    left = std::min(static_cast<std::int64_t>(inside), columns);
    weight = inside - static_cast<float>(left);
  }
  std::int64_t left;
  float weight;
};

VOXPRIOR_AVX2_TOO void add_one_slice(const float* __restrict view, const Sight& sight, int columns,
                                     float* __restrict image_row) {
  const int width = static_cast<int>(sight.column.size());
  const float* __restrict position = sight.column.data(), * __restrict weight = sight.weight.data();
  for (int i = 0; i < width; ++i) {
    const float inside = std::min(std::max(position[i], 0.0f), static_cast<float>(columns + 1));
    const int left = std::min(static_cast<int>(inside), columns);
    const float fraction = inside - static_cast<float>(left);
    image_row[i] += weight[i] * (view[left] + fraction * (view[left + 1] - view[left]));
  }
}

VOXPRIOR_AVX2_TOO void add_16_slices(const float* view, const Sight& sight, std::int64_t columns, float* image_row) {
  for (std::size_t i = 0; i < sight.column.size(); ++i) {
    const ColumnPair pair(sight.column[i], columns);
    const float right = sight.weight[i] * pair.weight, left = sight.weight[i] - right;
    const float* data = view + 16 * pair.left;
    float* voxel = image_row + 16 * i;
    for (int z = 0; z < 16; ++z) voxel[z] += left * data[z] + right * data[16 + z];
  }
}

/// Rows of the detector seen by slices: first + step * z for each unit of a voxel's row_scale, 0 being the row of
/// zeros.
struct RowsOfSlices {
  explicit RowsOfSlices(const CtGeometry& g)
      : first(static_cast<float>(g.voxel_mm(2, 0) / g.row_pitch_mm)),
        step(static_cast<float>(g.spacing_mm[2] / g.row_pitch_mm)),
        origin(static_cast<float>(-g.row_mm(-1) / g.row_pitch_mm)) {}
  float first, step, origin;
};

VOXPRIOR_AVX2_TOO void add_cone_column(const float* view, float position, float weight, float row_scale,
                                       const RowsOfSlices& map, int columns, int rows, int depth,
                                       float* __restrict between, float* __restrict voxel) {
  const ColumnPair pair(position, columns);
  const float *left = view + pair.left * (rows + 2), *right = left + rows + 2;
  const float start = map.origin + row_scale * map.first, step = row_scale * map.step;
  const float top = static_cast<float>(rows + 1);
  const auto inside = [top](float row) { return std::min(std::max(row, 0.0f), top); };
  const int lowest = std::max(0, static_cast<int>(inside(start)) - 1);
  const int highest = std::min(rows + 2, static_cast<int>(inside(start + step * static_cast<float>(depth - 1))) + 3);
  for (int r = lowest; r < highest; ++r) between[r] = weight * (left[r] + pair.weight * (right[r] - left[r]));
  for (int z = 0; z < depth; ++z) {
    const float row = std::min(std::max(start + step * static_cast<float>(z), 0.0f), top);
    const int below = std::min(static_cast<int>(row), rows);
    const float fraction = row - static_cast<float>(below);
    voxel[z] += between[below] + fraction * (between[below + 1] - between[below]);
  }
}

/// Adds all views of one block to image rows [begin, end).
void add_views(const CtGeometry& g, const torch::Tensor& block, const std::vector<double>& weights_rad,
               const torch::Tensor& image, std::int64_t begin, std::int64_t end) {
  Sight sight(g);
  const RowsOfSlices map(g);
  const bool cone = g.beam == CtBeam::cone;
  std::vector<float> between(static_cast<std::size_t>(g.detector_rows + 2));
  const std::int64_t frame = cone ? 1 : 0, depth = image.size(2);
  for (std::int64_t v = 0; v < g.views(); ++v) {
    const float* view = block.data_ptr<float>() + v * block.stride(0);
    for (std::int64_t j = begin; j < end; ++j) {
      look_at_row(g, g.angles_rad[static_cast<std::size_t>(v)], weights_rad[static_cast<std::size_t>(v)], j, sight);
      float* row = image.data_ptr<float>() + (j + 1) * image.stride(0) + depth + frame;
      if (cone)
        for (std::size_t i = 0; i < sight.column.size(); ++i)
          add_cone_column(view, sight.column[i], sight.weight[i], sight.row_scale[i], map,
                          static_cast<int>(g.detector_columns), static_cast<int>(g.detector_rows),
                          static_cast<int>(g.volume_size[0]), between.data(),
                          row + static_cast<std::int64_t>(i) * depth);
      else if (depth == 1)
        add_one_slice(view, sight, static_cast<int>(g.detector_columns), row);
      else
        add_16_slices(view, sight, g.detector_columns, row);
    }
  }
}

}  // namespace

torch::Tensor weighted_back_projection(const CtGeometry& g, const torch::Tensor& filtered,
                                       const std::vector<double>& weights_rad) {
  const CtColumns columns(g);
  const std::int64_t frame = g.beam == CtBeam::cone ? 1 : 0;
  const torch::Tensor framed = torch::constant_pad_nd(columns.pack_projections(filtered), {frame, frame, 1, 1});
  const torch::Tensor packed = columns.zero_volume();
  const auto tiles = (static_cast<std::size_t>(g.volume_size[1]) + kTileRows - 1) / kTileRows;
  for_slabs(tiles, 1, at::get_num_threads(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t tile = begin; tile < end; ++tile)
      for (std::int64_t b = 0; b < columns.blocks; ++b)
        add_views(g, framed[b], weights_rad, packed[b], static_cast<std::int64_t>(tile * kTileRows),
                  std::min(static_cast<std::int64_t>((tile + 1) * kTileRows), g.volume_size[1]));
  });
  return columns.unpack_volume(packed);
}

}  // namespace voxprior
