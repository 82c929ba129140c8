#include "io/dicom/image_plane.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <cmath>

#include "io/dicom/attributes.h"
#include "io/dicom/split_traits.h"
#include "io/dicom/vector3.h"

namespace voxprior {
namespace {

constexpr double kUnitLength = 1e-3;     // how far direction cosines may be from unit length ...
constexpr double kPerpendicular = 1e-3;  // ... and rows from perpendicular to columns

void object(FrameHeader& frame, const char* problem) {
  if (frame.problem.empty()) frame.problem = problem;
}

/// Text behind the n-th backslash; empty when there are fewer.
std::string after_values(const std::string& text, int n) {
  std::size_t at = 0;
  for (; n > 0; --n) {
    at = text.find('\\', at);
    if (at == std::string::npos) return "";
    ++at;
  }
  return text.substr(at);
}

std::string with_slashes(std::string text) {
  for (char& c : text) c = c == '\\' ? '/' : c;
  return text;
}

}  // namespace

void read_size(DcmItem& dataset, FrameHeader& frame) {
  frame.size = {integer_of(dataset, DCM_Columns).value_or(0), integer_of(dataset, DCM_Rows).value_or(0)};
  if (frame.size[0] < 2 || frame.size[1] < 2) object(frame, "Rows and Columns must both be 2 or more");
}

void read_spacing(DcmItem* item, FrameHeader& frame) {
  const auto spacing = item != nullptr ? numbers_of<2>(*item, DCM_PixelSpacing) : std::nullopt;
  if (!spacing) return object(frame, "no PixelSpacing");
  frame.spacing_mm = {(*spacing)[1], (*spacing)[0]};  // PS3.3 10.7.1.3: between rows first, then between columns
  if (!(frame.spacing_mm[0] > 0) || !(frame.spacing_mm[1] > 0)) object(frame, "PixelSpacing is not positive");
}

void read_position(DcmItem* item, FrameHeader& frame) {
  const auto position = item != nullptr ? numbers_of<3>(*item, DCM_ImagePositionPatient) : std::nullopt;
  if (!position) return object(frame, "no ImagePositionPatient");
  frame.frame.position_mm = *position;
}

void read_orientation(DcmItem* item, FrameHeader& frame) {
  const auto cosines = item != nullptr ? numbers_of<6>(*item, DCM_ImageOrientationPatient) : std::nullopt;
  if (!cosines) return object(frame, "no ImageOrientationPatient");
  const auto& c = *cosines;
  frame.row_direction = {c[0], c[1], c[2]};
  frame.column_direction = {c[3], c[4], c[5]};
  if (std::abs(length(frame.row_direction) - 1) > kUnitLength ||
      std::abs(length(frame.column_direction) - 1) > kUnitLength ||
      std::abs(dot(frame.row_direction, frame.column_direction)) > kPerpendicular)
    object(frame, "ImageOrientationPatient is not two perpendicular unit vectors");
}

void read_rescale(DcmItem* item, FrameHeader& frame) {
  if (item == nullptr) return;
  frame.frame.rescale_slope = number_of(*item, DCM_RescaleSlope).value_or(1);
  frame.frame.rescale_intercept = number_of(*item, DCM_RescaleIntercept).value_or(0);
  if (frame.frame.rescale_slope == 0) object(frame, "RescaleSlope is 0: the values are lost");
}

void read_trait(DcmItem& item, const DcmTagKey& tag, const char* name, FrameHeader& frame) {
  const std::string value = text_of(item, tag);
  if (!value.empty()) frame.traits[name] = with_slashes(value);
}

void read_image_type(const std::string& image_type, const std::string& modality, FrameHeader& frame) {
  const std::string kind = after_values(image_type, 2), detail = after_values(image_type, 3);
  const auto holds = [&](const std::string& word) {
    return ("\\" + image_type + "\\").find("\\" + word + "\\") != std::string::npos;
  };
  if (holds("MOSAIC")) {
    object(frame, "Siemens mosaic: many slices tiled into one picture; export it as single slices or Enhanced MR");
  }
  if (holds("LOCALIZER")) object(frame, "a localiser, not part of a volume");
  if (modality == "CT") {
    frame.traits[trait::kType] = with_slashes(kind.substr(0, kind.find('\\')));
    frame.traits[trait::kDetail] = with_slashes(detail);
  } else {
    frame.traits[trait::kType] = with_slashes(kind);
  }
}

}  // namespace voxprior
