#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "io/dicom/write/derived_series.h"
#include "io/dicom/write/edit_attributes.h"
#include "io/dicom/write/provenance_sequences.h"
#include "io/dicom/write/requantise.h"

namespace voxprior {

/// What the instances of one derived series share.
struct DerivedSeriesFacts {
  std::string series_uid;
  std::string process;  ///< as in SeriesDescription: "denoised"
  std::int64_t series_number = 1;
  std::string derivation;  ///< DerivationDescription
  Code derivation_code;
  ProcessingEquipment equipment;
  std::time_t created = 0;
  bool keep_private = false;
};

/// DerivationDescription has program, version, what was done, model, parameters, in at most the 1024 characters of ST.
/// `series_uid` is that of the new series.
DerivedSeriesFacts derived_series_facts(const DicomSeries& source, std::size_t stack, const std::string& series_uid,
                                        const DerivedSeriesOptions& options);

/// What SeriesIdentity is to know of the options: all that the result depends on.
std::string process_name(const DerivedSeriesOptions& options);

/// Turns a copy of a source dataset, as it was loaded, into an instance of the derived series; pixels, functional
/// groups and what it was made of are the callers'.
void edit_derived_dataset(DcmDataset& dataset, const DerivedSeriesFacts& facts, const std::string& sop_instance_uid);

/// Says of an image of a single frame that it is derived, and of what.
void mark_image_derived(DcmDataset& dataset, const std::vector<SourceReference>& sources, SourcePlace place);

/// What there is to tell of a series that was written.
DerivedSeriesReport derived_series_report(const DerivedSeriesFacts& facts, std::size_t files,
                                          const RequantiseCounts& counts);

/// ImageType or FrameType: value 1 DERIVED; value 2 SECONDARY, or PRIMARY in multi-frame images, where the standard has
/// no other (PS3.3 C.8.16.1.2); the others stay, with `third` where there is none.
void set_derived_type(DcmItem& item, const DcmTagKey& tag, const std::string& second, const std::string& third);

}  // namespace voxprior
