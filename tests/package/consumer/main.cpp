// Reads a volume and a training configuration with the installed headers and libraries.
#include <iostream>

#include "base/error.h"
#include "base/version.h"
#include "io/dicom/find_series.h"
#include "io/volume_file.h"
#include "pipeline/noise/estimate.h"

int main(int, char** argv) {
  const voxprior::Volume volume = voxprior::read_volume(argv[1]);
  const auto noise = voxprior::estimate_noise(volume.voxels.data(), volume.geometry.size);
  std::cout << voxprior::version() << " " << volume.geometry.voxel_count() << " " << noise.sigma << " "
            << voxprior::find_dicom_series({argv[1]}).size() << " series\n";
}
