#pragma once

#include <string>

#include "io/volume.h"
#include "workflows/report/colours.h"

namespace voxprior {

/// A volume as a page shows it: values from `low` to `high` become colours. All volumes of a page share one grid.
struct ShownVolume {
  std::string role;   ///< one word, for the script: "before", "after", "residual", "noise-map"
  std::string title;  ///< plain text
  Volume volume;
  double low = 0, high = 1;
  Colours colours = Colours::grey;
};

}  // namespace voxprior
