#pragma once

#include <filesystem>
#include <vector>

#include "io/volume.h"

namespace voxprior {

/// Intensities of a volume to a unit in which 0 is nothing, as linear operators need it, and back: HU + 1000 for CT,
/// as they are for MR. Refuses a volume that is constant or has nothing above 0.
class PriorUnits {
 public:
  PriorUnits(const Volume& volume, bool ct, const std::filesystem::path& name);

  double scale() const { return scale_; }  ///< what is 1 to the prior
  std::vector<float> to_prior(std::vector<float> voxels) const;
  std::vector<float> from_prior(std::vector<float> voxels) const;

 private:
  double offset_ = 0, scale_ = 1;
};

}  // namespace voxprior
