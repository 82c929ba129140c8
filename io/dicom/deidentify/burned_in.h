#pragma once

#include <string>

class DcmItem;

namespace voxprior {

/// Why the pixels of an image may show text that identifies the patient, or empty if nothing says so. Judged by the
/// header alone (no text is looked for in the pixels): BurnedInAnnotation; where that is missing, modalities and kinds
/// of images that usually carry text (ultrasound, secondary capture, screen saves, ...); overlays stored inside the
/// pixel values.
std::string burned_in_risk(DcmItem& dataset);

}  // namespace voxprior
