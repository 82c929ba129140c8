#pragma once

#include <itkImage.h>
#include <itkImportImageFilter.h>

#include "io/volume.h"

namespace voxprior {

using ItkImage = itk::Image<float, 3>;

ItkImage::DirectionType itk_direction(const Geometry& grid);
ItkImage::SizeType itk_size(const Geometry& grid);

/// The voxels of a volume as an image of ITK, not copied and only read: the volume must outlive the image.
itk::ImportImageFilter<float, 3>::Pointer itk_import(const Geometry& grid, const std::vector<float>& voxels);

}  // namespace voxprior
