#include "io/dicom/write/derived_dataset.h"

#include "base/version.h"
#include "io/dicom/write/series_identity.h"
#include "io/dicom/write/stale_attributes.h"

namespace voxprior {
namespace {

constexpr std::size_t kLongestShortText = 1024;  // ST, PS3.5 6.2

void set_new_times(DcmDataset& dataset, const DicomTime& now) {
  for (const DcmTagKey& tag : {DCM_InstanceCreationDate, DCM_SeriesDate, DCM_ContentDate}) {
    set_text(dataset, tag, now.date);
  }
  for (const DcmTagKey& tag : {DCM_InstanceCreationTime, DCM_SeriesTime, DCM_ContentTime}) {
    set_text(dataset, tag, now.time);
  }
}

/// JPEG Baseline and Extended always lose information; near-lossless JPEG-LS and JPEG 2000 may, and count as if they
/// did.
bool is_lossy(E_TransferSyntax syntax) {
  return syntax == EXS_JPEGProcess1 || syntax == EXS_JPEGProcess2_4 || syntax == EXS_JPEGLSLossy ||
         syntax == EXS_JPEG2000;
}

/// How a series says what was done.
struct DerivationWords {
  const char* in_description;  ///< of the series
  const char* in_derivation;
  Code code;
};

DerivationWords words_of(DerivedBy by) {
  switch (by) {
    case DerivedBy::denoising:  // CID 7203 has no code for denoising; smoothing is the nearest
      return {"denoised", "denoised", {"113087", "DCM", "Smoothing"}};
    case DerivedBy::replacement:
      return {"processed",
              "voxels replaced by those of a file",
              {"REPLACED", "99VOXPRIOR", "Voxels replaced by those of a file"}};
    case DerivedBy::reslicing:
      break;
  }
  return {"thin slices", "thin slices made of thick ones", {"113085", "DCM", "Spatial resampling"}};
}

std::string derivation_text(const DerivedSeriesOptions& options) {
  std::string text = std::string("voxprior ") + version() + ": " + words_of(options.by).in_derivation;
  if (!options.model_name.empty()) text += " with model " + options.model_name;
  if (!options.model_sha256.empty()) text += " (SHA-256 " + options.model_sha256 + ")";
  if (!options.parameters.empty()) text += "; " + options.parameters;
  text += std::string(". ") + kResearchUseOnly + ".";
  return text.substr(0, kLongestShortText);
}

}  // namespace

DerivedSeriesFacts derived_series_facts(const DicomSeries& source, std::size_t stack, const std::string& series_uid,
                                        const DerivedSeriesOptions& options) {
  const DerivationWords words = words_of(options.by);
  const std::string& label = source.stacks[stack].label;
  DerivedSeriesFacts facts;
  facts.series_uid = series_uid;
  facts.process = words.in_description + (label.empty() ? "" : " " + label);
  facts.series_number = derived_series_number(source.number, stack);
  facts.derivation = derivation_text(options);
  facts.derivation_code = words.code;
  facts.equipment = {options.model_name, options.model_sha256, version(), false};
  facts.created = options.created;
  facts.keep_private = options.keep_private;
  return facts;
}

std::string process_name(const DerivedSeriesOptions& options) {
  return std::string(version()) + "\n" + options.model_sha256 + "\n" + options.parameters +
         (options.keep_private ? "\nprivate kept" : "");
}

void set_derived_type(DcmItem& item, const DcmTagKey& tag, const std::string& second, const std::string& third) {
  std::string type = "DERIVED\\" + second;
  const std::string old = raw_text(item, tag);
  std::size_t third_at = old.find('\\');
  if (third_at != std::string::npos) third_at = old.find('\\', third_at + 1);
  const bool has_third = third_at != std::string::npos && third_at + 1 < old.size() && old[third_at + 1] != '\\';
  type += has_third ? old.substr(third_at) : "\\" + third;
  set_text(item, tag, type);
}

void edit_derived_dataset(DcmDataset& dataset, const DerivedSeriesFacts& facts, const std::string& sop_instance_uid) {
  const DicomTime now = dicom_time(facts.created, dataset);
  remove_stale_attributes(dataset);
  if (!facts.keep_private) remove_private_attributes(dataset);

  set_text(dataset, DCM_SOPInstanceUID, sop_instance_uid);
  set_text(dataset, DCM_SeriesInstanceUID, facts.series_uid);
  set_text(dataset, DCM_SeriesNumber, std::to_string(facts.series_number));
  set_text(dataset, DCM_SeriesDescription,
           derived_description(raw_text(dataset, DCM_SeriesDescription), facts.process));
  set_new_times(dataset, now);

  set_text(dataset, DCM_DerivationDescription, facts.derivation);
  remove(dataset, DCM_DerivationCodeSequence);
  append_code(dataset, DCM_DerivationCodeSequence, facts.derivation_code);
  append_contributing_equipment(dataset, facts.equipment, now);
  if (is_lossy(dataset.getOriginalXfer())) set_text(dataset, DCM_LossyImageCompression, "01");
}

void mark_image_derived(DcmDataset& dataset, const std::vector<SourceReference>& sources, SourcePlace place) {
  const bool ct = raw_text(dataset, DCM_Modality) == "CT";
  set_derived_type(dataset, DCM_ImageType, "SECONDARY", ct ? "AXIAL" : "OTHER");
  set_source_images(dataset, sources, place);
}

DerivedSeriesReport derived_series_report(const DerivedSeriesFacts& facts, std::size_t files,
                                          const RequantiseCounts& counts) {
  DerivedSeriesReport report{facts.series_uid, static_cast<std::int64_t>(files), counts.saturated, {}};
  if (counts.kept_padding > 0) {
    report.notices.push_back(std::to_string(counts.kept_padding) + " padding pixels kept as they were");
  }
  return report;
}

}  // namespace voxprior
