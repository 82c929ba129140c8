#pragma once

#include <string>
#include <vector>

#include "workflows/report/shown_volume.h"

namespace voxprior {

/// HTML: a column a volume, the three planes through the centre of the second volume (the one with less noise) below
/// each other, a bar of its colours under them. PNG inside, so that it needs no script and no other file.
std::string picture_columns(const std::vector<ShownVolume>& volumes);

}  // namespace voxprior
