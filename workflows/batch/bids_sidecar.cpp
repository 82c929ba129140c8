#include "workflows/batch/bids_sidecar.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <vector>

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr const char* kCarried[] = {"Modality",
                                    "Manufacturer",
                                    "ManufacturersModelName",
                                    "MagneticFieldStrength",
                                    "ReceiveCoilName",
                                    "ScanningSequence",
                                    "SequenceVariant",
                                    "ScanOptions",
                                    "PulseSequenceType",
                                    "MRAcquisitionType",
                                    "NonlinearGradientCorrection",
                                    "EchoTime",
                                    "RepetitionTime",
                                    "RepetitionTimeExcitation",
                                    "RepetitionTimePreparation",
                                    "InversionTime",
                                    "FlipAngle",
                                    "NumberShots",
                                    "ParallelReductionFactorInPlane",
                                    "ParallelAcquisitionTechnique",
                                    "PartialFourier",
                                    "PixelBandwidth",
                                    "DwellTime",
                                    "SliceThickness",
                                    "SpatialReference",
                                    "SkullStripped",
                                    "Resolution",
                                    "Density"};

bool applies(const BidsName& json, const BidsName& scan) {
  return json.extension == ".json" && json.suffix == scan.suffix &&
         std::all_of(json.entities.begin(), json.entities.end(),
                     [&](const auto& entity) { return scan.label(entity.first) == entity.second; });
}

/// The files of one folder that apply, those with fewer entities first.
std::vector<fs::path> applying_files(const fs::path& folder, const BidsName& scan) {
  std::multimap<std::size_t, fs::path> found;
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored)) {
    const auto name = parse_bids_name(entry->path().filename().string());
    if (name && applies(*name, scan)) found.emplace(name->entities.size(), entry->path());
  }
  std::vector<fs::path> files;
  for (const auto& [count, file] : found) files.push_back(file);
  return files;
}

}  // namespace

nlohmann::ordered_json bids_metadata(const fs::path& dataset, const fs::path& scan, const BidsName& name) {
  nlohmann::ordered_json metadata = nlohmann::ordered_json::object();
  fs::path folder = dataset;
  const auto add = [&] {
    for (const fs::path& file : applying_files(folder, name)) {
      std::ifstream stream(file);
      const auto found = nlohmann::ordered_json::parse(stream, nullptr, false);
      if (found.is_object()) metadata.update(found);
    }
  };
  add();
  for (const fs::path& part : scan.parent_path().lexically_relative(dataset)) {
    folder /= part;
    add();
  }
  return metadata;
}

nlohmann::ordered_json derivative_metadata(const nlohmann::ordered_json& metadata, const std::string& source,
                                           bool raw) {
  nlohmann::ordered_json derived = {{"Sources", {"bids:raw:" + source}}};
  if (raw) derived["SkullStripped"] = false;
  for (const char* key : kCarried) {
    if (metadata.contains(key)) derived[key] = metadata[key];
  }
  return derived;
}

}  // namespace voxprior
