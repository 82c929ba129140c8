#pragma once

#include <array>
#include <string>
#include <vector>

#include "pipeline/intensity/normalise.h"
#include "workflows/cli/progress.h"
#include "workflows/prepare/sources.h"

namespace voxprior {

/// What a first look at a volume tells. Axes are those of oriented_to_ras.
struct SurveyedVolume {
  PrepareSource source;
  std::string sha256;   ///< of the file
  Geometry grid;        ///< oriented
  IntensityMap unit;    ///< from the volume's values to those of the dataset
  IntensityMap judged;  ///< to normalised intensity, also where the dataset keeps values
  bool ct = false;
  std::array<double, 3> box_first{}, box_last{};  ///< indices of the first and last plane that hold the subject
  std::vector<double> cumulative;  ///< share of the subject's voxels up to each of kHistogramBins intensities
  double histogram_distance = 0;   ///< from the median of all, in normalised intensity
};

struct Survey {
  std::vector<SurveyedVolume> volumes;  ///< by hash: the order depends on what the files hold, not on their names
  std::vector<std::string> classes;
  std::vector<std::string> notices;  ///< one line each: what was skipped and why, what looks out of place
};

/// The volume of a source, oriented, in its own unit.
Volume read_source(const PrepareSource& source, const ReadOptions& reading);

/// Its label volume, oriented. Throws Error(ExitCode::input) unless it lies on the grid of the image and holds whole
/// numbers from 0 to 2^24.
Volume read_source_label(const PrepareSource& source, const Geometry& image_grid, const ReadOptions& reading);

/// Values in another unit; CT padding becomes air.
void convert_to(const IntensityMap& unit, bool ct, Volume& volume);

/// Reads every volume once. A broken one, one without content and the copy of another are refused, or skipped with a
/// notice where the options say so. MR and CT together are refused. A volume whose intensities are distributed unlike
/// those of the others gets a notice. Throws Error(ExitCode::input), also when fewer than two are left.
Survey survey_volumes(const PrepareOptions& options, ProgressDisplay& progress);

/// The same look at the volume that others are to be aligned to.
SurveyedVolume survey_reference(const PrepareOptions& options);

}  // namespace voxprior
