#pragma once

#include <vector>

#include "workflows/preview.h"

namespace voxprior {

/// Pictures of one size in rows of `columns`, black between them and where the last row has none.
GreyImage contact_sheet(const std::vector<GreyImage>& pictures, int columns);

/// The picture of a volume on a sheet: three planes, soft tissue for CT, 0 to 1000 for MR (see kSyntheticScale).
GreyImage sheet_picture(const Volume& volume);

/// A picture of half the width and height: means of 2x2 pixels.
GreyImage halved_picture(const GreyImage& picture);

}  // namespace voxprior
