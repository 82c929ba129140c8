#include "workflows/derived_record.h"

#include <string>
#include <vector>

#include "io/dicom/write/resliced_series.h"
#include "workflows/dicom_output.h"

namespace voxprior {
namespace {

/// "noise rician, sigma 12.5": words and values in a fixed order.
class Parameters {
 public:
  void add(const std::string& what, const nlohmann::ordered_json& value) {
    add(what + " " + (value.is_string() ? value.get<std::string>() : value.dump()));
  }
  void add(const std::string& words) { text_ += (text_.empty() ? "" : ", ") + words; }
  void add_those_in(const nlohmann::ordered_json& record, const std::vector<const char*>& keys) {
    for (const char* key : keys) {
      if (record.contains(key)) add(key, record[key]);
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

bool has_thin_slices(const nlohmann::ordered_json& record) { return record.contains("slices"); }

std::string parameters_of_thin_slices(const nlohmann::ordered_json& record) {
  const nlohmann::ordered_json& recon = record["reconstruction"];
  Parameters parameters;
  parameters.add_those_in(record["slices"], {"thick_mm", "thin_mm", "thickness_mm", "profile"});
  parameters.add_those_in(recon, {"method", "samples", "seed", "mirrors", "precision", "device"});
  for (const auto& [name, value] : recon["parameters"].items()) parameters.add(name, value);
  return parameters.text();
}

std::string parameters_of_denoising(const nlohmann::ordered_json& record) {
  Parameters parameters;
  if (record.contains("noise")) {
    parameters.add("noise", record["noise"]["kind"]);
    parameters.add("sigma", record["noise"]["sigma"]);
    if (record["noise"]["varies"]) parameters.add("sigma varying over the volume");
    if (!record["noise"]["spectrum"].is_null()) parameters.add("spectrum", record["noise"]["spectrum"]);
  }
  parameters.add_those_in(record, {"strength", "sampler", "steps", "seed", "mirrors", "precision", "device"});
  if (!record.contains("model")) parameters.add("voxels copied as they were");
  return parameters.text();
}

}  // namespace

DerivedSeriesOptions derived_series_options(const nlohmann::ordered_json& record, bool keep_private,
                                            Overwrite overwrite) {
  const bool thin = has_thin_slices(record);
  DerivedSeriesOptions options;
  options.by = thin ? DerivedBy::reslicing : DerivedBy::denoising;
  if (const nlohmann::ordered_json model = model_in(record); model.is_object()) {
    options.model_name = model["name"];
    options.model_sha256 = model["sha256"];
  }
  options.parameters = thin ? parameters_of_thin_slices(record) : parameters_of_denoising(record);
  options.created = creation_time();
  options.keep_private = keep_private;
  options.overwrite = overwrite;
  return options;
}

nlohmann::ordered_json model_in(const nlohmann::ordered_json& record) {
  const nlohmann::ordered_json& holder = record.contains("reconstruction") ? record["reconstruction"] : record;
  return holder.value("model", nlohmann::ordered_json());
}

DerivedSeriesReport write_result_series(const std::filesystem::path& out_folder, const DicomSeries& source,
                                        std::size_t stack, const Volume& result, const DerivedSeriesOptions& options) {
  const auto write = options.by == DerivedBy::reslicing ? write_resliced_series : write_derived_series;
  return write(out_folder, source, stack, result, options);
}

}  // namespace voxprior
