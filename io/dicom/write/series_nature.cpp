#include "io/dicom/write/series_nature.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "io/dicom/dataset.h"
#include "io/dicom/write/edit_attributes.h"
#include "io/dicom/write/functional_groups.h"

namespace voxprior {
namespace {

/// Words of ImageType and FrameType, from value 3 on, by which scanners say that pixels are no magnitude.
constexpr std::array<std::string_view, 17> kNoBrightness{
    "P",         "PHASE",       "PHASE MAP",    "R",   "REAL", "I",      "IMAGINARY",
    "FIELD_MAP", "VELOCITY",    "VELOCITY MAP", "ADC", "FA",   "TENSOR", "T1 MAP",
    "T2 MAP",    "T2_STAR MAP", "LOCALIZER"};

std::string frame_type_in(DcmItem* groups) {
  if (groups == nullptr) return "";
  for (const DcmTagKey& holder : {DCM_MRImageFrameTypeSequence, DCM_CTImageFrameTypeSequence}) {
    DcmSequenceOfItems* const sequence = find_sequence(*groups, holder);
    if (sequence != nullptr && sequence->card() > 0) return raw_text(*sequence->getItem(0), DCM_FrameType);
  }
  return "";
}

/// The frame's own type where it has one, else that of the image.
std::string type_of(DcmDataset& dataset, std::int64_t frame) {
  for (const DcmTagKey& groups : {DCM_PerFrameFunctionalGroupsSequence, DCM_SharedFunctionalGroupsSequence}) {
    DcmSequenceOfItems* const sequence = find_sequence(dataset, groups);
    if (sequence == nullptr || sequence->card() == 0) continue;
    const bool per_frame = groups == DCM_PerFrameFunctionalGroupsSequence;
    const auto item = static_cast<unsigned long>(per_frame ? frame : 0);
    const std::string type = item < sequence->card() ? frame_type_in(sequence->getItem(item)) : "";
    if (!type.empty()) return type;
  }
  return raw_text(dataset, DCM_ImageType);
}

/// The first word of `type` from value 3 on that speaks against brightness; empty if none does.
std::string word_against(const std::string& type) {
  std::size_t begin = 0;
  for (int value = 1; begin <= type.size(); ++value) {
    const std::size_t end = std::min(type.find('\\', begin), type.size());
    const std::string word = type.substr(begin, end - begin);
    const bool known = std::find(kNoBrightness.begin(), kNoBrightness.end(), word) != kNoBrightness.end();
    if (value >= 3 && known) return word;
    begin = end + 1;
  }
  return "";
}

}  // namespace

bool written_by_voxprior(DcmItem& dataset) {
  DcmSequenceOfItems* const equipment = find_sequence(dataset, DCM_ContributingEquipmentSequence);
  for (unsigned long n = 0; equipment != nullptr && n < equipment->card(); ++n) {
    if (raw_text(*equipment->getItem(n), DCM_Manufacturer) == "voxprior") return true;
  }
  return false;
}

std::string reason_to_leave_alone(const DicomStack& stack) {
  const DicomFrame& first = stack.frames.front();
  const std::unique_ptr<DcmFileFormat> file = load_dicom(first.file, PixelLoading::skip);
  DcmDataset& dataset = *file->getDataset();
  if (written_by_voxprior(dataset)) return "was written by voxprior";
  const std::string word = word_against(type_of(dataset, first.frame));
  return word.empty() ? "" : "is of type " + word + ", not of brightness";
}

}  // namespace voxprior
