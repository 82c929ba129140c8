#include "io/itk/resample.h"

#include <itkBSplineInterpolateImageFunction.h>
#include <itkIdentityTransform.h>
#include <itkLinearInterpolateImageFunction.h>
#include <itkResampleImageFilter.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "io/grid.h"
#include "io/itk/regrid.h"
#include "io/itk/volume_image.h"

namespace voxprior {
namespace {

using Image = ItkImage;
using Vector = std::array<double, 3>;

constexpr double kUpright = 1e-9;  // mm over the whole volume

Vector direction(const Geometry& grid, int axis) {
  return {grid.lps_from_index[axis], grid.lps_from_index[3 + axis], grid.lps_from_index[6 + axis]};
}

double dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

Vector cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

/// Rows and columns grow by as many whole voxels as the planes shift against each other.
Geometry upright_grid(const Geometry& sheared) {
  const Vector row = direction(sheared, 0), column = direction(sheared, 1), axis = direction(sheared, 2);
  const Vector normal = cross(row, column);
  const auto steps = static_cast<double>(sheared.size[2] - 1);
  Geometry upright = sheared;
  upright.spacing_mm[2] = sheared.spacing_mm[2] * dot(axis, normal);
  for (int n = 0; n < 3; ++n) upright.lps_from_index[3 * n + 2] = normal[n];
  for (int in_plane = 0; in_plane < 2; ++in_plane) {
    const Vector along = direction(sheared, in_plane);
    const double shift_mm = steps * sheared.spacing_mm[2] * dot(axis, along);
    if (std::abs(shift_mm) < kUpright) continue;
    const double voxels = shift_mm / sheared.spacing_mm[in_plane];
    const auto added = static_cast<std::int64_t>(std::ceil(std::abs(voxels)));
    upright.size[in_plane] += added;
    if (voxels > 0) continue;
    for (int n = 0; n < 3; ++n)
      upright.origin_mm[n] -= static_cast<double>(added) * sheared.spacing_mm[in_plane] * along[n];
  }
  return upright;
}

itk::InterpolateImageFunction<Image, double>::Pointer interpolator(Interpolation interpolation) {
  if (interpolation == Interpolation::linear)
    return itk::LinearInterpolateImageFunction<Image, double>::New().GetPointer();
  const auto spline = itk::BSplineInterpolateImageFunction<Image, double, double>::New();
  spline->SetSplineOrder(3);
  return spline.GetPointer();
}

}  // namespace

Volume resample_upright(const Volume& sheared, Interpolation interpolation) {
  Volume upright = sheared;
  upright.geometry = upright_grid(sheared.geometry);
  if (upright.geometry.size == sheared.geometry.size) return upright;

  const auto source = itk_import(sheared.geometry, sheared.voxels);
  const auto resample = itk::ResampleImageFilter<Image, Image, double, double>::New();
  resample->SetInput(source->GetOutput());
  resample->SetTransform(itk::IdentityTransform<double, 3>::New());
  resample->SetInterpolator(interpolator(interpolation));
  resample->SetSize(itk_size(upright.geometry));
  resample->SetOutputOrigin(upright.geometry.origin_mm.data());
  resample->SetOutputSpacing(upright.geometry.spacing_mm.data());
  resample->SetOutputDirection(itk_direction(upright.geometry));
  resample->SetDefaultPixelValue(*std::min_element(sheared.voxels.begin(), sheared.voxels.end()));
  try {
    resample->Update();
  } catch (const itk::ExceptionObject& error) {
    fail(ExitCode::bug, "resampling onto an upright grid failed: ", error.GetDescription());
  }
  const Image& image = *resample->GetOutput();
  const float* first = image.GetBufferPointer();
  upright.voxels.assign(first, first + upright.geometry.voxel_count());
  return upright;
}

Geometry grid_with_spacing(const Geometry& grid, const std::array<double, 3>& spacing_mm) {
  Geometry result = grid;
  for (int axis = 0; axis < 3; ++axis) {
    const double extent_mm = static_cast<double>(grid.size[axis]) * grid.spacing_mm[axis];
    result.spacing_mm[axis] = spacing_mm[axis];
    result.size[axis] = std::max<std::int64_t>(1, std::llround(extent_mm / spacing_mm[axis]));
    // From the centre of the first voxel to the centre of the grid, before and after.
    const double before_mm = 0.5 * static_cast<double>(grid.size[axis] - 1) * grid.spacing_mm[axis];
    const double after_mm = 0.5 * static_cast<double>(result.size[axis] - 1) * spacing_mm[axis];
    for (int n = 0; n < 3; ++n) result.origin_mm[n] += (before_mm - after_mm) * grid.lps_from_index[3 * n + axis];
  }
  return result;
}

Volume resample_to_spacing(const Volume& volume, const std::array<double, 3>& spacing_mm, Interpolation interpolation) {
  if (volume.geometry.spacing_mm == spacing_mm) return volume;
  const Affine in_place{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
  // Centres of the new voxels lie inside of the old grid, whose size is rounded by half a voxel at most.
  const float nowhere = *std::min_element(volume.voxels.begin(), volume.voxels.end());
  Volume result;
  result.geometry = grid_with_spacing(volume.geometry, spacing_mm);
  result.stored = volume.stored;
  result.stored.native_header.clear();
  result.modality = volume.modality;
  result.notices = volume.notices;
  result.voxels = regrid(volume, result.geometry, in_place,
                         interpolation == Interpolation::bspline ? Regridding::bspline : Regridding::linear, nowhere);
  return result;
}

}  // namespace voxprior
