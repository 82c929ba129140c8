#include "io/volume_bytes.h"

#include "io/nifti/nifti_file.h"
#include "io/voxel_writer.h"

namespace voxprior {

std::string nifti_gzip_bytes(const Volume& volume) {
  check_consistent("a volume in memory", volume);
  return nifti::gzip_bytes(volume);
}

}  // namespace voxprior
