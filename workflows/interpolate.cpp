// voxprior interpolate A B OUT: volumes on the way from one scan to another.
#include <cstdio>
#include <filesystem>
#include <iostream>

#include "base/error.h"
#include "io/png.h"
#include "io/volume_file.h"
#include "workflows/commands.h"
#include "workflows/contact_sheet.h"
#include "workflows/files.h"
#include "workflows/latent_choices.h"
#include "workflows/model_grid.h"
#include "workflows/provenance.h"
#include "workflows/synthesis.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

const About kAbout{
    "interpolate",
    "make volumes on the way from one scan to another",
    "Both scans are encoded, and the volumes of points on the great circle between their latents are decoded: step-00 "
    "is\n"
    "A and the last is B, up to the error of the model's ODE; between them lies a path of volumes that the model "
    "finds\n"
    "plausible, not a cross-fade. OUT receives step-00.nii.gz and so on with their sidecars, and sheet.png.",
    {"Song et al. Score-based generative modeling through stochastic differential equations. ICLR 2021.",
     "White. Sampling generative networks. 2016."}};

std::string step_name(long long step) {
  char name[32];
  std::snprintf(name, sizeof name, "step-%02lld.nii.gz", step);
  return name;
}

struct Path {
  std::string from, to, folder;
  long long count = 0;
  Overwrite overwrite = Overwrite::no;
};

void check_path(const Path& path) {
  check_readable(path.from);
  check_readable(path.to);
  fs::create_directories(path.folder);
  std::vector<fs::path> outputs{fs::path(path.folder) / "sheet.png"};
  for (long long step = 0; step < path.count; ++step) {
    outputs.push_back(fs::path(path.folder) / step_name(step));
    outputs.push_back(sidecar_path(outputs.back()));
  }
  check_outputs(outputs, {path.from, path.to}, path.overwrite);
}

std::vector<float> encoded(const SynthSession& session, const std::string& file, ProgressDisplay& progress) {
  OnModelGrid scan = read_on_model_grid(file, session.model());
  for (const std::string& notice : scan.notices) progress.note(file + ": " + notice);
  progress.stage("encoding " + fs::path(file).filename().string());
  return session.encode(std::move(scan.voxels), progress);
}

void walk(const Path& path, const SynthSession& session, const SynthOptions& options, ProgressDisplay& progress) {
  const std::vector<float> a = encoded(session, path.from, progress), b = encoded(session, path.to, progress);
  std::vector<GreyImage> pictures;
  for (long long step = 0; step < path.count; ++step) {
    const double t = static_cast<double>(step) / static_cast<double>(path.count - 1);
    Provenance provenance("interpolate");
    provenance.add_input("from", path.from);
    provenance.add_input("to", path.to);
    provenance["synthetic"] = true;
    provenance["position"] = t;
    provenance["settings"] = settings_of(session, options);
    progress.stage("volume " + std::to_string(step + 1) + " of " + std::to_string(path.count));
    const Volume volume =
        model_volume(session.model(), session.decode(session.between(a, b, t), progress), kSyntheticScale);
    const fs::path file = fs::path(path.folder) / step_name(step);
    provenance.add_output("volume", file);
    provenance.write_beside(file, path.overwrite);
    write_volume(file, volume, {path.overwrite, synthetic_description()});
    pictures.push_back(sheet_picture(volume));
  }
  const GreyImage sheet = contact_sheet(pictures, 1);
  write_png(fs::path(path.folder) / "sheet.png", sheet.width, sheet.height, 1, sheet.pixels.data(), path.overwrite);
}

}  // namespace

int interpolate_command(const Invocation& invocation) {
  Path path;
  LatentChoices choices;
  Arguments arguments;
  arguments.positional("A", &path.from, "scan to start from")
      .positional("B", &path.to, "scan to go to")
      .positional("OUT", &path.folder, "folder to write into")
      .option("count", at_least(2, &path.count, "--count")->value_name("N")->default_value(5),
              "how many volumes, both ends included");
  choices.add_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    path.overwrite = choices.overwrite ? Overwrite::yes : Overwrite::no;
    const SynthOptions options = choices.options();
    check_path(path);
    progress.stage("loading the model");
    const auto session = open_synth_session(options);
    walk(path, *session, options, progress);
    progress.finish();
    std::cout << "wrote " << path.count << " volumes to " << path.folder << '\n';
  });
}

}  // namespace voxprior
