#include "workflows/synthesis.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "base/error.h"
#include "base/sha256.h"
#include "io/dicom/write/research_series.h"
#include "io/png.h"
#include "io/volume_file.h"
#include "workflows/compute/module.h"
#include "workflows/contact_sheet.h"
#include "workflows/copy_watch.h"
#include "workflows/dicom_output.h"
#include "workflows/files.h"
#include "workflows/model_grid.h"
#include "workflows/synth_mask.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

using nlohmann::ordered_json;

constexpr std::int64_t kMostOnSheet = 64;

/// What the volumes of a run are to fit. Without a mask: nothing.
struct Fit {
  std::vector<std::uint8_t> numbers;  ///< see SynthSession::generate
  Geometry geometry;                  ///< of the mask, and so of the volumes
  std::string sha256;
};

/// What determines volume `index`, as the sidecar holds it.
ordered_json recipe(const SynthRun& run, const SynthSession& session, const Fit& fit, std::int64_t index) {
  ordered_json made{{"seed", run.seed}, {"index", index}};
  made.update(settings_of(session, run.options));
  for (const SynthModelFile& file : session.model().files)
    if (file.steps > 0) made["sampler"][file.file] = file.sampler;
  made["network_calls"] = session.network_calls();
  if (!run.mask.empty()) made["mask_sha256"] = fit.sha256;
  return made;
}

fs::path path_of(const SynthRun& run, std::int64_t index) {
  return run.out_folder / (synthetic_name(index) + (run.format == "dicom" ? "" : ".nii.gz"));
}

fs::path label_path(const SynthRun& run, std::int64_t index) {
  return run.out_folder / (synthetic_name(index) + "_label.nii.gz");
}

/// Whether the sidecar beside `path` says that it is what would be made.
bool is_as_asked(const fs::path& path, const ordered_json& made) {
  std::ifstream file(sidecar_path(path), std::ios::binary);
  const ordered_json record = ordered_json::parse(file, nullptr, false);
  return record.is_object() && record.contains("synthesis") && record["synthesis"] == made;
}

/// Refuses, before anything is loaded, volumes that may be neither kept nor replaced.
void check_room(const SynthRun& run) {
  if (run.resume || run.overwrite == Overwrite::yes) return;
  for (std::int64_t i = 0; i < run.count; ++i) {
    const fs::path path = path_of(run, i);
    if (fs::exists(path))
      fail(ExitCode::output, path,
           ": exists; add --resume to go on, --overwrite to replace it, or name another folder");
  }
}

/// Which volumes are to be made. Throws where one is there that is not what would be made.
std::vector<std::int64_t> missing(const SynthRun& run, const SynthSession& session, const Fit& fit) {
  std::vector<std::int64_t> indices;
  for (std::int64_t i = 0; i < run.count; ++i) {
    const fs::path path = path_of(run, i);
    if (fs::exists(path) && run.overwrite == Overwrite::no) {
      if (!is_as_asked(path, recipe(run, session, fit, i)))
        fail(ExitCode::output, path,
             ": was made with another model, seed or setting; add --overwrite or name another folder");
      continue;
    }
    indices.push_back(i);
  }
  return indices;
}

DerivedSeriesReport write_dicom(const SynthRun& run, const SynthSession& session, const fs::path& path,
                                const Volume& volume, const ordered_json& made) {
  ResearchSeriesOptions options;
  options.modality = volume.modality;
  options.synthetic = true;
  options.model_name = session.model().name;
  options.model_sha256 = session.model().files.front().sha256;
  options.parameters = made.dump();
  options.created = creation_time();
  options.overwrite = run.overwrite;
  return write_research_series(path, volume, options);
}

/// Looks for a copy of a training volume, warns of one, and keeps what was found. Returns whether one was.
bool look_for_copy(const CopyWatch& watch, const Volume& volume, const std::string& name, Provenance& provenance,
                   ProgressDisplay& progress) {
  const CopyCheck found = watch.check(volume);
  provenance["copy_check"] = {{"nearest_training_volume", found.nearest.index},
                              {"feature_distance", found.nearest.distance},
                              {"held_out_limit", found.limit},
                              {"nearer_than_held_out", found.suspicious()}};
  if (!found.suspicious()) return false;
  char distances[96];
  std::snprintf(distances, sizeof distances, "%.3f from training volume %zu; held-out volumes keep %.3f",
                found.nearest.distance, found.nearest.index, found.limit);
  progress.note("warning: " + name + " may be a copy: " + distances);
  return true;
}

/// A label file that is removed again unless the volume that it belongs to is written.
class LabelOutput {
 public:
  LabelOutput() = default;
  LabelOutput(const LabelOutput&) = delete;
  LabelOutput& operator=(const LabelOutput&) = delete;
  ~LabelOutput() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove(path_, ignored);
  }
  void write(const fs::path& path, const Volume& mask) {
    write_volume(path, mask, {Overwrite::yes, synthetic_description()});
    path_ = path;
  }
  void keep() { path_.clear(); }

 private:
  fs::path path_;
};

/// One volume and its sidecar, and its label where the model draws masks. The volume comes last: if it is there, so is
/// what tells how it was made. Returns whether it may be a copy.
bool make(const SynthRun& run, const SynthSession& session, const Fit& fit, const std::optional<CopyWatch>& watch,
          std::int64_t index, ProgressDisplay& progress) {
  Provenance provenance("synth");
  const ordered_json made = recipe(run, session, fit, index);
  const SynthFacts& model = session.model();
  const auto number = static_cast<std::uint64_t>(index);
  const fs::path path = path_of(run, index);
  LabelOutput label;
  std::vector<std::uint8_t> mask = fit.numbers;
  if (run.mask.empty() && model.draws_masks) {
    mask = session.draw_mask(run.seed, number, progress);
    label.write(label_path(run, index), drawn_mask(model, mask));
    provenance.add_output("label", label_path(run, index));
    for (const auto& [value, meaning] : model.labels) provenance["labels"][std::to_string(value)] = meaning;
  }
  Volume volume = model_volume(model, session.generate(run.seed, number, mask, progress), kSyntheticScale);
  if (!run.mask.empty()) {
    volume.geometry = fit.geometry;
    provenance.add_input("mask", run.mask);
  }
  provenance["synthetic"] = true;
  provenance["synthesis"] = made;
  provenance["training_data"] = model.training_data;
  provenance["licence"] = model.licence;
  provenance["device"] = session.device();
  const bool suspicious = watch && look_for_copy(*watch, volume, synthetic_name(index), provenance, progress);

  provenance.add_output("volume", path);
  // A sidecar without a volume is what a run leaves that was stopped between the two.
  provenance.write_beside(path, fs::exists(path) ? run.overwrite : Overwrite::yes);
  if (run.format == "dicom") {
    write_dicom(run, session, path, volume, made);
  } else {
    write_volume(path, volume, {run.overwrite, synthetic_description()});
  }
  label.keep();
  return suspicious;
}

/// The voxels of a mask are those of the volumes that fit it.
void take_spacing_of(const Volume& mask, const fs::path& path, SynthOptions& options) {
  options.mask = true;
  const Spacing& own = mask.geometry.spacing_mm;
  for (int axis = 0; options.spacing_mm && axis < 3; ++axis)
    if (std::abs((*options.spacing_mm)[axis] / own[axis] - 1) > 0.01)
      fail(ExitCode::input, path, ": has voxels of ", listed(own), " mm, --spacing asks for ",
           listed(*options.spacing_mm), "; leave --spacing out");
  options.spacing_mm = own;
  options.spacing_from = path.string();
}

}  // namespace

std::string synthetic_name(std::int64_t index) {
  char name[32];
  std::snprintf(name, sizeof name, "synthetic-%06lld", static_cast<long long>(index));
  return name;
}

SynthResult synthesise(const SynthRun& run, ProgressDisplay& progress) {
  check_room(run);
  SynthOptions options = run.options;
  Volume mask;
  if (!run.mask.empty()) {
    mask = read_mask(run.mask);
    take_spacing_of(mask, run.mask, options);
  }
  progress.stage("loading the model");
  const auto session = open_synth_session(options);
  const SynthFacts& model = session->model();
  Fit fit;
  if (!run.mask.empty()) fit = {mask_numbers(run.mask, mask, model), mask.geometry, sha256_of_file(run.mask)};
  const std::vector<std::int64_t> todo = missing(run, *session, fit);
  const std::optional<CopyWatch> watch = read_copy_watch(model, run.options.model_folder);
  fs::create_directories(run.out_folder);
  progress.note(model.name + ": " + std::to_string(model.size[0]) + "x" + std::to_string(model.size[1]) + "x" +
                std::to_string(model.size[2]) + " voxels, " + std::to_string(session->network_calls()) +
                " network calls a volume; " + session->device() + ", " + session->precision());
  if (!watch) progress.note("copies of training volumes are not looked for: the model has no copies.json");

  SynthResult result;
  for (const std::int64_t index : todo) {
    progress.stage("volume " + std::to_string(index + 1) + " of " + std::to_string(run.count));
    result.suspicious += make(run, *session, fit, watch, index, progress);
  }
  result.made = static_cast<std::int64_t>(todo.size());
  result.found = run.count - result.made;
  if (run.format == "dicom") return result;

  progress.stage("drawing the contact sheet");
  std::vector<GreyImage> pictures;
  for (std::int64_t i = 0; i < std::min(run.count, kMostOnSheet); ++i)
    pictures.push_back(sheet_picture(read_volume(path_of(run, i))));
  const GreyImage sheet = contact_sheet(pictures, 4);
  result.sheet = run.out_folder / "sheet.png";
  write_png(result.sheet, sheet.width, sheet.height, 1, sheet.pixels.data(), Overwrite::yes);
  return result;
}

ordered_json settings_of(const SynthSession& session, const SynthOptions& options) {
  ordered_json settings;
  settings["model"]["name"] = session.model().name;
  for (const SynthModelFile& file : session.model().files) settings["model"]["sha256"][file.file] = file.sha256;
  settings["schedule"] = options.schedule;
  for (const SynthModelFile& file : session.model().files)
    if (file.steps > 0) settings["steps"][file.file] = file.steps;
  settings["precision"] = session.precision();
  if (!options.class_name.empty()) settings["class"] = options.class_name;
  if (session.model().told_spacing) settings["spacing_mm"] = session.model().spacing_mm;
  if (options.guidance != 1) settings["guidance"] = options.guidance;
  settings["autoguidance"] = session.model().autoguidance;
  return settings;
}

std::unique_ptr<SynthSession> open_synth_session(const SynthOptions& options) {
  const auto open = compute_function<decltype(voxprior_open_synth_session)>("voxprior_open_synth_session");
  return std::unique_ptr<SynthSession>(open(options));
}

}  // namespace voxprior
