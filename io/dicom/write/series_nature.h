#pragma once

#include <string>

#include "io/dicom/series.h"

namespace voxprior {

/// Why the volume should not be denoised, as the header of its first frame says; empty when nothing speaks against it.
/// It was written by this program already; or its values are no brightness (phase, velocity, field map, diffusion
/// coefficient, ...), so that noise in them is of another kind than any model here was trained on.
std::string reason_against_denoising(const DicomStack& stack);

}  // namespace voxprior
