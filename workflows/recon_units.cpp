#include "workflows/recon_units.h"

#include "base/error.h"
#include "pipeline/intensity/normalise.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace {

void add(std::vector<float>& voxels, double offset) {
  if (offset == 0) return;
  for (float& voxel : voxels) voxel = static_cast<float>(voxel + offset);
}

}  // namespace

PriorUnits::PriorUnits(const Volume& volume, bool ct, const std::filesystem::path& name) {
  if (is_constant(volume.voxels)) fail(ExitCode::input, name, ": all voxels have one value");
  const IntensityMap map = ct ? ct_intensity_map() : mr_intensity_map(volume.voxels.data(), volume.voxels.size());
  if (!(map.scale > 0)) fail(ExitCode::input, name, ": has no voxel above 0; the prior needs positive intensities");
  offset_ = map.offset;
  scale_ = map.scale;
}

std::vector<float> PriorUnits::to_prior(std::vector<float> voxels) const {
  add(voxels, -offset_);
  return voxels;
}

std::vector<float> PriorUnits::from_prior(std::vector<float> voxels) const {
  add(voxels, offset_);
  return voxels;
}

}  // namespace voxprior
