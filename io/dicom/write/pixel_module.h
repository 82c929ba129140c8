#pragma once

#include <cstdint>
#include <vector>

#include "io/dicom/write/edit_attributes.h"
#include "io/dicom/write/requantise.h"

namespace voxprior {

/// How the pixels of a dataset are stored, by its Image Pixel module and its padding (PS3.3 C.7.6.3, C.7.5.1).
/// Slope and intercept are the caller's.
PixelCoding pixel_coding(DcmDataset& dataset, int bits_stored, bool is_signed);

/// Replaces PixelData by `stored`, the frames one after the other, uncompressed: BitsAllocated as the
/// dataset has it (8, 16 or 32), HighBit at the top of BitsStored, signed values extended to all bits allocated.
void set_pixels(DcmDataset& dataset, const PixelCoding& coding, const std::vector<std::int32_t>& stored);

}  // namespace voxprior
