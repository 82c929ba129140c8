#include "workflows/network_units.h"

#include <cmath>

#include "pipeline/intensity/ct_padding.h"
#include "workflows/zeroed_background.h"

namespace voxprior {
NetworkUnits::NetworkUnits(const Volume& volume, const NoiseLevel& noise, const IntensityMap& unit)
    : sigma_(noise.sigma), map_(noise.map), unit_(unit) {
  if (unit.offset == 0) {
    background_ = zeroed_background(volume.voxels, volume.geometry.size);
  } else if (const auto padding = ct_padding_value(volume.voxels.data(), volume.voxels.size())) {
    background_value_ = *padding;
    for (const float v : volume.voxels) background_.push_back(v == *padding);
  }
  if (noise.kind == NoiseKind::rician) stabiliser_.emplace();
  if (!noise.filter.keeps_all()) {
    before_filter_ = 1 / std::sqrt(noise_gain(noise.filter, volume.geometry.size));
    whitener_.emplace(noise.filter, volume.geometry.size);
  }
}

std::vector<float> NetworkUnits::sigma_map() const {
  std::vector<float> map = map_;
  for (float& sigma : map) sigma *= static_cast<float>(before_filter_ / unit_.scale);
  return map;
}

std::vector<float> NetworkUnits::to_network(std::vector<float> voxels) const {
  if (stabiliser_ && map_.empty()) stabiliser_->forward(voxels.data(), voxels.size(), sigma_);
  if (stabiliser_ && !map_.empty()) stabiliser_->forward(voxels.data(), voxels.size(), map_.data());
  for (float& v : voxels) v = unit_.forward(v);
  if (whitener_) {
    const std::vector<float> map = sigma_map();
    whitener_->to_white(voxels, map.empty() ? std::vector<float>{static_cast<float>(sigma())} : map);
  }
  fill_background(voxels, 0);
  return voxels;
}

std::vector<float> NetworkUnits::from_network(std::vector<float> voxels) const {
  if (whitener_) whitener_->from_white(voxels);
  for (float& v : voxels) v = unit_.inverse(v);
  if (stabiliser_ && map_.empty()) stabiliser_->inverse(voxels.data(), voxels.size(), sigma_);
  if (stabiliser_ && !map_.empty()) stabiliser_->inverse(voxels.data(), voxels.size(), map_.data());
  fill_background(voxels, background_value_);
  return voxels;
}

void NetworkUnits::fill_background(std::vector<float>& voxels, float value) const {
  for (size_t i = 0; i < background_.size(); ++i) {
    if (background_[i]) voxels[i] = value;
  }
}

}  // namespace voxprior
