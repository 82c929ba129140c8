#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/dicom/series.h"

namespace voxprior {

/// One scan of a batch: one volume that comes out.
struct BatchCase {
  std::string name;   ///< what markers, locks and tables go by: unique in the batch, and the same in every run of it
  std::string label;  ///< for people: the name or, of DICOM, "series 3 (MR)"; no patient data
  std::vector<std::filesystem::path> files;        ///< that are read
  std::filesystem::path output;                    ///< below OUT: a volume, or for DICOM a folder
  std::string reason;                              ///< why it is skipped; empty: it is not
  std::shared_ptr<const DicomSeries> series = {};  ///< of DICOM
  std::size_t stack = 0;                           ///< which volume of the series
  nlohmann::ordered_json sidecar = {};             ///< of BIDS: what belongs into its JSON file besides how it was made
};

/// What is no case because something is wrong with it: a damaged DICOM file, the second of two scans with one record.
struct BrokenInput {
  std::string name, reason;
};

enum class BatchLayout { bids, tree, dicom };

/// What a batch works on.
struct BatchInput {
  BatchLayout layout = BatchLayout::tree;
  std::vector<BatchCase> cases;      ///< sorted by name
  std::vector<BrokenInput> broken;   ///< counted as failures without being tried
  std::vector<std::string> notices;  ///< what was passed over, in words
};

}  // namespace voxprior
