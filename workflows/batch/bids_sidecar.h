#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "workflows/batch/bids_name.h"

namespace voxprior {

/// The metadata that hold for a scan: of every .json between the root of the dataset and the folder of the scan that
/// has its suffix and no entity that it lacks, the nearer ones last (the inheritance principle). Damaged files count as
/// empty.
nlohmann::ordered_json bids_metadata(const std::filesystem::path& dataset, const std::filesystem::path& scan,
                                     const BidsName& name);

/// What the JSON file of a derivative says of its source: where it came from, and of the metadata those that describe
/// the acquisition. Nothing else is copied, because other fields may name the patient. `raw` says that the dataset
/// holds scans as they were acquired: then none is skull-stripped.
nlohmann::ordered_json derivative_metadata(const nlohmann::ordered_json& metadata, const std::string& source, bool raw);

}  // namespace voxprior
