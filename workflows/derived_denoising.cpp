#include "workflows/derived_denoising.h"

#include <string>

#include "workflows/dicom_output.h"

namespace voxprior {
namespace {

/// Every parameter that the result depends on, in a fixed order; for DerivationDescription and for UIDs.
std::string parameters_of(const nlohmann::ordered_json& record) {
  std::string text;
  const auto add = [&](const std::string& what, const nlohmann::ordered_json& value) {
    text += (text.empty() ? "" : ", ") + what + " " + (value.is_string() ? value.get<std::string>() : value.dump());
  };
  if (record.contains("noise")) {
    add("noise", record["noise"]["kind"]);
    add("sigma", record["noise"]["sigma"]);
    if (record["noise"]["varies"]) add("sigma", "varying over the volume");
    if (!record["noise"]["spectrum"].is_null()) add("spectrum", record["noise"]["spectrum"]);
  }
  for (const char* key : {"strength", "sampler", "steps", "seed", "mirrors", "precision", "device"}) {
    if (record.contains(key)) add(key, record[key]);
  }
  if (!record.contains("model")) text += std::string(text.empty() ? "" : ", ") + "voxels copied as they were";
  return text;
}

}  // namespace

DerivedSeriesOptions derived_series_options(const nlohmann::ordered_json& record, bool keep_private,
                                            Overwrite overwrite) {
  DerivedSeriesOptions options;
  if (record.contains("model")) {
    options.model_name = record["model"]["name"];
    options.model_sha256 = record["model"]["sha256"];
  }
  options.parameters = parameters_of(record);
  options.created = creation_time();
  options.keep_private = keep_private;
  options.overwrite = overwrite;
  return options;
}

}  // namespace voxprior
