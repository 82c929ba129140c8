#pragma once

#include <string>

#include "io/dicom/series.h"

class DcmItem;

namespace voxprior {

/// Whether this program made the image, by its ContributingEquipmentSequence.
bool written_by_voxprior(DcmItem& dataset);

/// Why the volume should not be denoised, as the header of its first frame says; empty when nothing speaks against it.
/// It was written by this program already; or its values are no brightness (phase, velocity, field map, diffusion
/// coefficient, ...), so that noise in them is of another kind than any model here was trained on.
std::string reason_to_leave_alone(const DicomStack& stack);

}  // namespace voxprior
