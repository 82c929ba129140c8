#include "workflows/network_units.h"

#include "pipeline/intensity/normalise.h"
#include "workflows/zeroed_background.h"

namespace voxprior {
namespace {

void multiply(std::vector<float>& voxels, double factor) {
  for (float& v : voxels) v = static_cast<float>(v * factor);
}

}  // namespace

NetworkUnits::NetworkUnits(const Volume& volume, const NoiseLevel& noise)
    : sigma_(noise.sigma),
      scale_(foreground_scale(volume.voxels.data(), volume.voxels.size())),
      background_(zeroed_background(volume.voxels, volume.geometry.size)) {
  if (noise.kind == NoiseKind::rician) stabiliser_.emplace();
}

std::vector<float> NetworkUnits::to_network(std::vector<float> voxels) const {
  if (stabiliser_) stabiliser_->forward(voxels.data(), voxels.size(), sigma_);
  multiply(voxels, 1 / scale_);
  clear_background(voxels);
  return voxels;
}

std::vector<float> NetworkUnits::from_network(std::vector<float> voxels) const {
  multiply(voxels, scale_);
  if (stabiliser_) stabiliser_->inverse(voxels.data(), voxels.size(), sigma_);
  clear_background(voxels);
  return voxels;
}

void NetworkUnits::clear_background(std::vector<float>& voxels) const {
  for (size_t i = 0; i < voxels.size(); ++i) {
    if (background_[i]) voxels[i] = 0;
  }
}

}  // namespace voxprior
