#pragma once

#include "pipeline/metrics/sets/tables.h"

namespace voxprior {

/// The coordinates of all samples on the leading principal components of `reference`, largest variance first. Computed
/// from inner products alone, so that the features may be whole volumes. Gives fewer than `count` columns where the
/// reference has no more directions (at most reference.size() - 1).
FeatureTable principal_coordinates(const PairTable& inner_products, const Samples& reference, std::size_t count);

}  // namespace voxprior
