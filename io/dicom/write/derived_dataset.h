#pragma once

#include <cstdint>
#include <string>

#include "io/dicom/write/derived_series.h"
#include "io/dicom/write/edit_attributes.h"
#include "io/dicom/write/provenance_sequences.h"

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

/// DerivationDescription: program, version, what was done, model, parameters; at most the 1024 characters of ST.
std::string derivation_text(const DerivedSeriesOptions& options);
Code derivation_code(DerivedBy by);

/// Turns a copy of a source dataset into an instance of the derived series; pixels and functional groups are the
/// callers'. `source_xfer_lossy`: its pixels were stored in a transfer syntax that always loses information.
void edit_derived_dataset(DcmDataset& dataset, const DerivedSeriesFacts& facts, const std::string& sop_instance_uid,
                          bool source_xfer_lossy);

/// ImageType or FrameType: value 1 DERIVED; value 2 SECONDARY, or PRIMARY in multi-frame images, where the standard has
/// no other (PS3.3 C.8.16.1.2); the others stay, with `third` where there is none.
void set_derived_type(DcmItem& item, const DcmTagKey& tag, const std::string& second, const std::string& third);

}  // namespace voxprior
