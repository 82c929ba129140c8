#pragma once

#include "io/dicom/write/edit_attributes.h"
#include "io/dicom/write/requantise.h"
#include "io/dicom/write/research_series.h"

namespace voxprior {

/// What names a study that has no source: hexadecimal digits of a hash of everything in it.
struct ResearchIdentity {
  std::string hash;
  std::string uid(const std::string& of_what) const;
};

/// Everything of one image but its pixels. Modules of PS3.3 A.3 (CT) and A.4 (MR); attributes of type 2 whose value
/// nobody knows are empty.
void fill_research_dataset(DcmDataset& dataset, const Geometry& geometry, std::int64_t slice, const PixelCoding& coding,
                           const ResearchIdentity& identity, const ResearchSeriesOptions& options);

}  // namespace voxprior
