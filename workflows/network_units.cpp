#include "workflows/network_units.h"

#include "pipeline/intensity/ct_padding.h"
#include "workflows/zeroed_background.h"

namespace voxprior {
NetworkUnits::NetworkUnits(const Volume& volume, const NoiseLevel& noise, const IntensityMap& unit)
    : sigma_(noise.sigma), unit_(unit) {
  if (unit.offset == 0) {
    background_ = zeroed_background(volume.voxels, volume.geometry.size);
  } else if (const auto padding = ct_padding_value(volume.voxels.data(), volume.voxels.size())) {
    background_value_ = *padding;
    for (const float v : volume.voxels) background_.push_back(v == *padding);
  }
  if (noise.kind == NoiseKind::rician) stabiliser_.emplace();
}

std::vector<float> NetworkUnits::to_network(std::vector<float> voxels) const {
  if (stabiliser_) stabiliser_->forward(voxels.data(), voxels.size(), sigma_);
  for (float& v : voxels) v = unit_.forward(v);
  fill_background(voxels, 0);
  return voxels;
}

std::vector<float> NetworkUnits::from_network(std::vector<float> voxels) const {
  for (float& v : voxels) v = unit_.inverse(v);
  if (stabiliser_) stabiliser_->inverse(voxels.data(), voxels.size(), sigma_);
  fill_background(voxels, background_value_);
  return voxels;
}

void NetworkUnits::fill_background(std::vector<float>& voxels, float value) const {
  for (size_t i = 0; i < background_.size(); ++i) {
    if (background_[i]) voxels[i] = value;
  }
}

}  // namespace voxprior
