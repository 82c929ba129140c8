#pragma once

#include <string>

#include "pipeline/metrics/feature_panel.h"
#include "pipeline/metrics/sets/tables.h"

namespace voxprior {

/// Two sets of volumes made ready to be compared many times: as many of each, real ones first, and of each kind of
/// feature one table or several over which metrics are averaged. Points to the descriptions it was made of.
struct SetStudy {
  struct Family {
    std::string name;
    std::vector<FeatureTable> tables;
    bool one_unit = true;  ///< all columns have one unit, and are scaled as one

    /// The tables' chosen rows, scaled by those of them that are the reference.
    std::vector<FeatureTable> scaled(const Samples& rows, const Samples& reference) const;
  };
  std::size_t per_side = 0;
  std::vector<const VolumeDescription*> volumes;
  std::vector<Family> families;
  PairTable thumbnail_products;  ///< inner products of the small copies
};

/// The larger set is subsampled by the seed.
SetStudy study_of(const std::vector<VolumeDescription>& real, const std::vector<VolumeDescription>& synthetic,
                  std::uint64_t seed);

/// Halves a and b of the real volumes of a study and a half c of its synthetic ones, all of one size.
struct HalfSamples {
  Samples a, b, c;
  Samples everyone() const;  ///< a, then b, then c
};

HalfSamples draw_halves(std::size_t per_side, std::uint64_t seed, std::uint64_t number);

/// begin, begin + 1, ..., end - 1.
Samples samples_between(std::size_t begin, std::size_t end);

/// The chosen rows, in the order of the choice.
FeatureTable rows_of(const FeatureTable& features, const Samples& rows);

/// The mean of one kind of feature over some volumes.
std::vector<double> mean_row(const std::vector<const VolumeDescription*>& volumes, const Samples& set,
                             std::vector<double> VolumeDescription::*row);

}  // namespace voxprior
