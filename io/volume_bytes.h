#pragma once

#include <string>

#include "io/volume.h"

namespace voxprior {

/// What write_volume() would put into a .nii.gz file: for pages that carry their volumes with them. Throws Error as
/// write_volume() does.
std::string nifti_gzip_bytes(const Volume& volume);

}  // namespace voxprior
