#pragma once

#include <string>

class DcmDataset;

namespace voxprior {

/// A dataset as the bytes of a DICOM file: 128 zero bytes, "DICM", a new meta header, Explicit VR Little Endian, no
/// group lengths, sequences of explicit length. What the source file had in its preamble and meta header is not carried
/// over. Takes SOPClassUID and SOPInstanceUID from the dataset, whose pixels must be uncompressed.
std::string instance_bytes(const DcmDataset& dataset);

}  // namespace voxprior
