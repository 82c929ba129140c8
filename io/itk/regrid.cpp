#include "io/itk/regrid.h"

#include <itkAffineTransform.h>
#include <itkBSplineInterpolateImageFunction.h>
#include <itkDiscreteGaussianImageFilter.h>
#include <itkLinearInterpolateImageFunction.h>
#include <itkNearestNeighborInterpolateImageFunction.h>
#include <itkResampleImageFilter.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "io/itk/volume_image.h"

namespace voxprior {
namespace {

using Interpolator = itk::InterpolateImageFunction<ItkImage, double>;
using Transform = itk::AffineTransform<double, 3>;
using Offset = std::array<std::int64_t, 3>;

constexpr double kOnAVoxel = 1e-4;  // of a voxel, over the whole grid: rounding in headers is about 1e-5

/// Index of the source = row-major 3x4 matrix * (index of the target, 1).
Affine source_index_from_target_index(const Geometry& source, const Geometry& target,
                                      const Affine& source_from_target) {
  const Affine place = affine_of(target);
  Affine result{};
  for (int axis = 0; axis < 3; ++axis) {
    for (int column = 0; column < 4; ++column) {
      double sum = 0;
      for (int row = 0; row < 3; ++row) {
        double mm = column == 3 ? source_from_target[4 * row + 3] - source.origin_mm[row] : 0;
        for (int n = 0; n < 3; ++n) mm += source_from_target[4 * row + n] * place[4 * n + column];
        sum += source.lps_from_index[3 * row + axis] * mm;
      }
      result[4 * axis + column] = sum / source.spacing_mm[axis];
    }
  }
  return result;
}

/// How far the target's index is from the source's, if it is the same whole number of voxels everywhere.
std::optional<Offset> whole_voxel_offset(const Geometry& target, const Affine& index) {
  Offset offset{};
  for (int axis = 0; axis < 3; ++axis) {
    offset[axis] = std::llround(index[4 * axis + 3]);
    double deviation = std::abs(index[4 * axis + 3] - static_cast<double>(offset[axis]));
    for (int n = 0; n < 3; ++n)
      deviation += std::abs(index[4 * axis + n] - (n == axis)) * static_cast<double>(target.size[n] - 1);
    if (deviation > kOnAVoxel) return std::nullopt;
  }
  return offset;
}

std::vector<float> copied(const Volume& source, const Geometry& target, const Offset& offset, float outside) {
  std::vector<float> voxels(static_cast<std::size_t>(target.voxel_count()), outside);
  const auto& size = source.geometry.size;
  const std::int64_t first = std::max<std::int64_t>(0, -offset[0]),
                     last = std::min(target.size[0], size[0] - offset[0]);
  if (first >= last) return voxels;
  for (std::int64_t k = 0; k < target.size[2]; ++k) {
    for (std::int64_t j = 0; j < target.size[1]; ++j) {
      const std::int64_t sk = k + offset[2], sj = j + offset[1];
      if (sk < 0 || sk >= size[2] || sj < 0 || sj >= size[1]) continue;
      const float* row = source.voxels.data() + (sk * size[1] + sj) * size[0] + offset[0];
      std::copy(row + first, row + last, voxels.begin() + (k * target.size[1] + j) * target.size[0] + first);
    }
  }
  return voxels;
}

/// Variance in mm^2 along each axis of the source. The target's voxel there is that of its nearest axis.
std::array<double, 3> smoothing_variance(const Geometry& source, const Geometry& target, const Affine& index) {
  std::array<double, 3> variance{};
  for (int axis = 0; axis < 3; ++axis) {
    int nearest = 0;
    for (int n = 1; n < 3; ++n) {
      const auto mm = [&](int column) { return std::abs(index[4 * axis + column]) / target.spacing_mm[column]; };
      if (mm(n) > mm(nearest)) nearest = n;
    }
    const double from = source.spacing_mm[axis], to = target.spacing_mm[nearest];
    if (to > from) variance[axis] = (to * to - from * from) / (8 * std::log(2.0));
  }
  return variance;
}

ItkImage::Pointer smoothed(ItkImage::Pointer image, const std::array<double, 3>& variance_mm2) {
  if (variance_mm2 == std::array<double, 3>{}) return image;
  const auto smooth = itk::DiscreteGaussianImageFilter<ItkImage, ItkImage>::New();
  smooth->SetInput(image);
  smooth->SetVariance(variance_mm2.data());
  smooth->SetUseImageSpacing(true);
  smooth->SetMaximumError(0.001);
  smooth->SetMaximumKernelWidth(64);
  smooth->SetNumberOfWorkUnits(1);
  smooth->Update();
  return smooth->GetOutput();
}

Interpolator::Pointer interpolator(Regridding how) {
  if (how == Regridding::nearest)
    return itk::NearestNeighborInterpolateImageFunction<ItkImage, double>::New().GetPointer();
  if (how == Regridding::linear) return itk::LinearInterpolateImageFunction<ItkImage, double>::New().GetPointer();
  const auto spline = itk::BSplineInterpolateImageFunction<ItkImage, double, double>::New();
  spline->SetSplineOrder(3);
  spline->SetNumberOfWorkUnits(1);
  return spline.GetPointer();
}

Transform::Pointer itk_transform(const Affine& source_from_target) {
  const auto transform = Transform::New();
  Transform::MatrixType matrix;
  Transform::OutputVectorType translation;
  for (unsigned row = 0; row < 3; ++row) {
    for (unsigned n = 0; n < 3; ++n) matrix(row, n) = source_from_target[4 * row + n];
    translation[row] = source_from_target[4 * row + 3];
  }
  transform->SetMatrix(matrix);
  transform->SetTranslation(translation);
  return transform;
}

std::vector<float> interpolated(ItkImage::Pointer image, const Geometry& target, const Affine& source_from_target,
                                Regridding how, float outside) {
  const auto resample = itk::ResampleImageFilter<ItkImage, ItkImage, double, double>::New();
  resample->SetInput(image);
  resample->SetTransform(itk_transform(source_from_target));
  resample->SetInterpolator(interpolator(how));
  resample->SetSize(itk_size(target));
  resample->SetOutputOrigin(target.origin_mm.data());
  resample->SetOutputSpacing(target.spacing_mm.data());
  resample->SetOutputDirection(itk_direction(target));
  resample->SetDefaultPixelValue(outside);
  resample->SetNumberOfWorkUnits(1);
  resample->Update();
  const float* first = resample->GetOutput()->GetBufferPointer();
  return {first, first + target.voxel_count()};
}

/// A spline rings where values jump: not beyond the range of the source, nor into a background that is exactly flat.
void restrain(std::vector<float>& spline, const std::vector<float>& linear, const std::vector<float>& source,
              float outside) {
  const auto [low, high] = std::minmax_element(source.begin(), source.end());
  for (std::size_t n = 0; n < spline.size(); ++n)
    spline[n] = linear[n] == outside ? outside : std::clamp(spline[n], std::min(*low, outside), *high);
}

}  // namespace

std::vector<float> regrid(const Volume& source, const Geometry& target, const Affine& source_from_target,
                          Regridding how, float outside) {
  const Affine index = source_index_from_target_index(source.geometry, target, source_from_target);
  if (const auto offset = whole_voxel_offset(target, index)) return copied(source, target, *offset, outside);
  const auto import = itk_import(source.geometry, source.voxels);
  try {
    import->Update();
    if (how == Regridding::nearest) return interpolated(import->GetOutput(), target, source_from_target, how, outside);
    const ItkImage::Pointer image = smoothed(import->GetOutput(), smoothing_variance(source.geometry, target, index));
    std::vector<float> values = interpolated(image, target, source_from_target, how, outside);
    if (how == Regridding::bspline) {
      restrain(values, interpolated(image, target, source_from_target, Regridding::linear, outside), source.voxels,
               outside);
    }
    return values;
  } catch (const itk::ExceptionObject& error) {
    fail(ExitCode::bug, "resampling onto another grid failed: ", error.GetDescription());
  }
}

}  // namespace voxprior
