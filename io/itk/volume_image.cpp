#include "io/itk/volume_image.h"

namespace voxprior {

ItkImage::DirectionType itk_direction(const Geometry& grid) {
  ItkImage::DirectionType matrix;
  for (unsigned row = 0; row < 3; ++row) {
    for (unsigned k = 0; k < 3; ++k) matrix(row, k) = grid.lps_from_index[3 * row + k];
  }
  return matrix;
}

ItkImage::SizeType itk_size(const Geometry& grid) {
  ItkImage::SizeType size;
  for (unsigned k = 0; k < 3; ++k) size[k] = static_cast<itk::SizeValueType>(grid.size[k]);
  return size;
}

itk::ImportImageFilter<float, 3>::Pointer itk_import(const Geometry& grid, const std::vector<float>& voxels) {
  const auto import = itk::ImportImageFilter<float, 3>::New();
  import->SetRegion({ItkImage::IndexType{{ 0, 0, 0 }}, itk_size(grid)});
  import->SetSpacing(grid.spacing_mm.data());
  import->SetOrigin(grid.origin_mm.data());
  import->SetDirection(itk_direction(grid));
  // The filter does not own the voxels (false) and only reads them.
  import->SetImportPointer(const_cast<float*>(voxels.data()), voxels.size(), false);
  return import;
}

}  // namespace voxprior
