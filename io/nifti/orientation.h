#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/grid.h"
#include "io/nifti/header.h"

namespace voxprior::nifti {

/// The grid that a header describes, in LPS millimetres: the sform if sform_code > 0, else the qform if qform_code > 0,
/// else the voxel size alone along R, A, S with a notice ("methods" 3, 2 and 1 of nifti1.h). Throws
/// Error(ExitCode::input) for voxel sizes that are not positive and for an affine that is not a rotation with a
/// spacing.
Geometry geometry_of(const std::filesystem::path& path, const Header& header, std::vector<std::string>& notices);

/// Makes `header` describe `geometry`, in millimetres, through both sform and qform. Codes that are set are kept; a
/// header without any gets code 1 (scanner coordinates).
void store_geometry(const Geometry& geometry, Header& header);

}  // namespace voxprior::nifti
