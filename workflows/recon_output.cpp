#include "workflows/recon_output.h"

#include <cmath>
#include <cstdio>
#include <iostream>

#include "base/error.h"
#include "base/version.h"
#include "io/dicom/write/research_series.h"
#include "io/png.h"
#include "io/volume_file.h"
#include "workflows/derived_record.h"
#include "workflows/dicom_output.h"
#include "workflows/files.h"
#include "workflows/preview.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

using nlohmann::ordered_json;

constexpr double kLibraryBytes = 300e6;  // LibTorch, loaded

std::string with_digits(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

ordered_json finite_or_null(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr); }

std::string log_lines(const ReconResult& result) {
  std::string text;
  for (const ReconIteration& one : result.log) {
    const ordered_json line{{"sample", one.sample},
                            {"iteration", one.iteration},
                            {"data_residual", finite_or_null(one.data_residual)},
                            {"change", finite_or_null(one.change)},
                            {"sigma", one.sigma},
                            {"objective", finite_or_null(one.objective)}};
    text += line.dump() + "\n";
  }
  return text;
}

std::string told_of(const DicomOrigin* origin) {
  return origin == nullptr || origin->name.empty() ? "" : origin->name + ": ";
}

GreyImage picture_of(const Volume& image) {
  if (image.modality == Modality::ct) return draw_planes(image, -160, 240);
  return draw_planes(image, 0, std::max(nonzero_percentile(image.voxels, 99.5), 1e-30));
}

}  // namespace

ReconOutput::ReconOutput(const std::string& command, const std::string& output, const ReconChoices& choices)
    : overwrite_(choices.overwrite ? Overwrite::yes : Overwrite::no),
      output_(output),
      dicom_(names_dicom_folder(output)),
      choices_(choices),
      provenance_(command) {
  choices.check();
  if (!dicom_) format_of_name(output);
}

ReconOutput::ReconOutput(const std::string& command, const std::vector<std::pair<std::string, fs::path>>& inputs,
                         const std::string& output, const ReconChoices& choices)
    : ReconOutput(command, output, choices) {
  std::vector<fs::path> paths;
  for (const auto& [role, path] : inputs) {
    if (path.empty()) continue;
    check_readable(path);
    paths.push_back(path);
  }
  check(paths);
  for (const auto& [role, path] : inputs)
    if (!path.empty()) provenance_.add_input(role, path);
}

ReconOutput::ReconOutput(const std::string& command, const DicomOrigin& origin, const std::string& output,
                         const ReconChoices& choices)
    : ReconOutput(command, output, choices) {
  origin_ = &origin;
  check({});
  add_series_input(provenance_, "series", origin.input, origin.series, origin.stack);
}

void ReconOutput::check(const std::vector<fs::path>& inputs) const {
  std::vector<fs::path> outputs{choices_.log, choices_.preview, choices_.uncertainty};
  if (dicom_) {
    check_dicom_output(output_, overwrite_);
  } else {
    outputs.push_back(output_);
    outputs.push_back(sidecar_path(output_));
  }
  check_outputs(outputs, inputs, overwrite_);
}

void ReconOutput::tell(const std::vector<std::string>& notices) { tell_notices(notices, provenance_); }

DerivedSeriesReport ReconOutput::write_series(const Volume& image, const ReconSession& session) {
  if (origin_ != nullptr) {
    const ordered_json record{{"slices", provenance_["slices"]}, {"reconstruction", provenance_["reconstruction"]}};
    return write_result_series(output_, origin_->series, origin_->stack, image,
                               derived_series_options(record, false, overwrite_));
  }
  ResearchSeriesOptions options;
  options.modality = image.modality == Modality::ct ? Modality::ct : Modality::mr;
  if (const ModelFacts* const model = session.model()) {
    options.model_name = model->name;
    options.model_sha256 = model->sha256;
  }
  options.parameters = provenance_["reconstruction"].dump();
  options.created = creation_time();
  options.overwrite = overwrite_;
  return write_research_series(output_, image, options);
}

void ReconOutput::write_image(const Volume& image, const ReconSession& session) {
  if (!dicom_) {
    write_volume(output_, image, {overwrite_, std::string("voxprior ") + version() + ", research use only"});
    written_.add(output_);
    provenance_.add_output("volume", output_);
    provenance_.write_beside(output_, overwrite_);
    return;
  }
  const DerivedSeriesReport report = write_series(image, session);
  written_.add(without_final_slash(output_));
  if (origin_ != nullptr) tell(report.notices);
  finish_dicom_output(output_, report, provenance_, overwrite_);
  tell_clipped(report, told_of(origin_));
}

void ReconOutput::write_extras(const Volume& image, const std::vector<float>& deviation, const ReconResult& result) {
  if (!choices_.log.empty()) {
    write_file(choices_.log, log_lines(result), overwrite_);
    written_.add(choices_.log);
    provenance_.add_output("log", choices_.log);
  }
  if (!choices_.preview.empty()) {
    const GreyImage picture = picture_of(image);
    write_png(choices_.preview, picture.width, picture.height, 1, picture.pixels.data(), overwrite_);
    written_.add(choices_.preview);
    provenance_.add_output("preview", choices_.preview);
  }
  if (!choices_.uncertainty.empty()) {
    Volume spread = image;
    spread.voxels = deviation;
    spread.stored = {};
    write_volume(choices_.uncertainty, spread, {overwrite_, "standard deviation over samples, voxprior"});
    written_.add(choices_.uncertainty);
    provenance_.add_output("uncertainty", choices_.uncertainty);
  }
}

void ReconOutput::write(const Volume& image, const std::vector<float>& deviation, const ReconResult& result,
                        const ReconSession& session, const ReconSettings& settings) {
  tell(result.notices);
  provenance_["reconstruction"] = record_of(result, session, settings);
  write_extras(image, deviation, result);
  write_image(image, session);
  written_.keep();

  const std::string name = told_of(origin_);
  std::cout << name << "method: " << settings.method << ", " << result.log.size() << " iterations, " << result.stop
            << ", " << with_digits("%.1f", result.seconds) << " s\n";
  std::cout << name << "data consistency: |A x - y| / |y| = " << with_digits("%.4g", result.data_residual);
  if (result.residual_over_noise > 0)
    std::cout << ", " << with_digits("%.3g", result.residual_over_noise) << " of the noise";
  std::cout << '\n' << name << "wrote " << output_ << '\n';
}

void refuse_other_prior(const ReconSession& session, bool ct, const fs::path& data, bool force) {
  const ModelFacts* const model = session.model();
  if (model == nullptr || force || model->modality == "any" || (model->modality == "ct") == ct) return;
  fail(ExitCode::input, data, ": is ", ct ? "CT" : "MR", ", but model '", model->name, "' was trained on ",
       model->modality, "; choose another model, or insist with --force");
}

void note_memory(double arrays_bytes, const ReconSettings& settings, const fs::path& data, ProgressDisplay& progress) {
  const double needed = kLibraryBytes + arrays_bytes;
  if (needed > settings.memory_bytes) {
    fail(ExitCode::resources, data, ": reconstructing it takes about ", with_digits("%.0f", needed / 1e6),
         " MB, more than the ", with_digits("%.0f", settings.memory_bytes / 1e6), " allowed; raise --memory");
  }
  progress.note("about " + with_digits("%.0f", needed / 1e6) + " MB of memory, beside the network");
}

void note_session(const ReconSession& session, const ReconSettings& settings, ProgressDisplay& progress) {
  if (const ModelFacts* const model = session.model()) {
    progress.note("method " + settings.method + " with model " + model->name + " on " + session.device());
  } else {
    progress.note("method " + settings.method + " on cpu");
  }
}

ordered_json record_of(const ReconResult& result, const ReconSession& session, const ReconSettings& settings) {
  ordered_json record{{"method", settings.method}, {"samples", settings.samples},
                      {"seed", settings.seed},     {"iterations", result.log.size()},
                      {"stopped", result.stop},    {"data_residual", result.data_residual}};
  record["residual_over_noise"] =
      result.residual_over_noise > 0 ? ordered_json(result.residual_over_noise) : ordered_json(nullptr);
  record["noise"] = result.noise > 0 ? ordered_json(result.noise) : ordered_json(nullptr);
  record["unit"] = result.unit;
  record["compute_seconds"] = std::round(1000 * result.seconds) / 1000;
  record["device"] = session.device();
  record["threads"] = settings.threads;
  record["parameters"] = result.parameters;
  if (const ModelFacts* const model = session.model()) {
    record["model"] = {{"name", model->name},
                       {"file", settings.model_file},
                       {"sha256", model->sha256},
                       {"trained_on", model->training_data}};
    record["precision"] = session.precision();
    record["mirrors"] = settings.mirrors;
  }
  return record;
}

}  // namespace voxprior
