#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/grid.h"
#include "io/volume.h"
#include "pipeline/intensity/normalise.h"
#include "workflows/compute/synth_session.h"

namespace voxprior {

/// The grid of a synthesis model: RAS axes, its centre at 0 mm.
Geometry geometry_of(const SynthFacts& model);

/// A scan as a synthesis model sees it.
struct OnModelGrid {
  std::vector<float> voxels;  ///< on the model's grid, i fastest, normalised intensity
  IntensityMap unit;          ///< from the scan's values to normalised intensity
  Affine scan_from_model{};   ///< LPS mm of the scan = this * LPS mm of the model's grid
  std::vector<std::string> notices;
};

/// Reads a scan, turns its axes to RAS, brings its content into the centre of the model's grid and interpolates it
/// there (cubic; smoothed first where the model's voxels are larger). It is not rotated: see prepare --align. Throws
/// Error(ExitCode::input) for a scan without content or of another modality.
OnModelGrid read_on_model_grid(const std::filesystem::path& path, const SynthFacts& model);

/// Normalised voxels on the model's grid as a volume to be written: int16, CT in HU, MR not negative and in units of
/// which 1 is `scale`.
Volume model_volume(const SynthFacts& model, std::vector<float> voxels, double scale);

/// What a synthetic volume says of itself in its header.
std::string synthetic_description();

/// The scale of MR volumes that come from no scan: 1000 is the 99.5th percentile of the foreground.
inline constexpr double kSyntheticScale = 1000;

}  // namespace voxprior
