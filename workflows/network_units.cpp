#include "workflows/network_units.h"

#include "workflows/zeroed_background.h"

namespace voxprior {
NetworkUnits::NetworkUnits(const Volume& volume, const NoiseLevel& noise, const IntensityMap& unit)
    : sigma_(noise.sigma), unit_(unit) {
  if (unit.offset == 0) background_ = zeroed_background(volume.voxels, volume.geometry.size);
  if (noise.kind == NoiseKind::rician) stabiliser_.emplace();
}

std::vector<float> NetworkUnits::to_network(std::vector<float> voxels) const {
  if (stabiliser_) stabiliser_->forward(voxels.data(), voxels.size(), sigma_);
  for (float& v : voxels) v = unit_.forward(v);
  clear_background(voxels);
  return voxels;
}

std::vector<float> NetworkUnits::from_network(std::vector<float> voxels) const {
  for (float& v : voxels) v = unit_.inverse(v);
  if (stabiliser_) stabiliser_->inverse(voxels.data(), voxels.size(), sigma_);
  clear_background(voxels);
  return voxels;
}

void NetworkUnits::clear_background(std::vector<float>& voxels) const {
  for (size_t i = 0; i < background_.size(); ++i) {
    if (background_[i]) voxels[i] = 0;
  }
}

}  // namespace voxprior
