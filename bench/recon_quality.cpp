// recon_quality: MRI, CT and thick slices simulated from volumes, reconstructed by every method with its defaults and
// by BART. Prints Markdown tables; with --out also results.csv and pictures. --set changes a parameter, for tuning: on
// another volume than the one that is reported.
#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "bench/bart_pics.h"
#include "bench/recon_experiments.h"
#include "bench/recon_lesion.h"
#include "bench/recon_report.h"
#include "io/volume_file.h"
#include "models/denoiser_file.h"
#include "pipeline/core/block_cache.h"
#include "pipeline/intensity/normalise.h"
#include "pipeline/reconstruction/defaults.h"
#include "pipeline/reconstruction/registry.h"
#include "pipeline/tiling/tiled.h"

namespace voxprior {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

constexpr double kTileMemoryBytes = 2e9;
constexpr double kLesionRadius = 3;  // voxels

struct Choices {
  std::string mr_model, mr, ct_model, ct, out;
  std::vector<std::string> experiments{"mri-r4",    "mri-r8",          "ct-parallel-60",
                                       "ct-fan-60", "ct-parallel-360", "superres-4"};
  std::vector<std::string> methods, settings, bart{"W:7:0:0.001", "T:7:0:0.001"};
  std::vector<std::int64_t> mr_crop{96, 96, 96}, ct_crop{8, 256, 256};
  std::int64_t ct_shrink = 1;
  double noise = 0.01;
  std::uint64_t seed = 1;
  int threads = 2, bart_iterations = 60;
};

/// A volume as experiments take it, with a lesion in it.
struct Subject {
  torch::Tensor truth;  ///< [D,H,W] normalised; W runs to the patient's left, H to the back, D to the head
  std::array<double, 3> spacing_mm{};
  Lesion lesion;
  double tissue = 0;              ///< above it is foreground
  double black = 0, white = 1.2;  ///< of pictures
};

Subject subject_of(const std::string& path, bool ct, const std::vector<std::int64_t>& crop, std::int64_t shrink) {
  const Volume volume = read_volume(path);
  const auto& size = volume.geometry.size;
  torch::Tensor x = torch::tensor(torch::ArrayRef<float>(volume.voxels)).view({size[2], size[1], size[0]});
  const IntensityMap map = ct ? ct_intensity_map() : mr_intensity_map(volume.voxels.data(), volume.voxels.size());
  x = ((x - map.offset) / map.scale).clamp_min(0);
  for (std::int64_t axis = 0; axis < 3; ++axis)
    if (volume.geometry.lps_from_index[static_cast<std::size_t>(4 * axis)] < 0) x = x.flip(2 - axis);
  x = torch::avg_pool3d(x.unsqueeze(0), {1, shrink, shrink})[0];
  for (std::int64_t axis = 0; axis < 3; ++axis) {
    const std::int64_t kept = std::min(crop[static_cast<std::size_t>(axis)], x.size(axis));
    x = x.narrow(axis, (x.size(axis) - kept) / 2, kept);
  }
  Subject subject;
  subject.truth = x.contiguous().clone();
  subject.spacing_mm = volume.geometry.spacing_mm;
  for (int axis = 0; axis < 2; ++axis) subject.spacing_mm[axis] *= static_cast<double>(shrink);
  subject.tissue = ct ? 0.5 : 0.05;
  subject.lesion = place_lesion(subject.truth, kLesionRadius, ct ? 0.9 : 0.4);
  subject.truth += (ct ? 0.06 : 0.2) * subject.lesion.inside;  // 60 HU; a fifth of the brightest tissue
  if (ct) subject.black = 0.86, subject.white = 1.26;          // -140 to 260 HU
  return subject;
}

/// "METHOD:PARAMETER=VALUE" applied where the method fits.
void apply(const std::string& setting, const std::string& method, MethodOptions& options) {
  const std::size_t colon = setting.find(':'), equals = setting.find('=');
  if (colon == std::string::npos || equals == std::string::npos || equals < colon)
    fail(ExitCode::usage, "--set takes METHOD:PARAMETER=VALUE, not \"", setting, '"');
  if (setting.substr(0, colon) != method) return;
  const std::string name = setting.substr(colon + 1, equals - colon - 1);
  const double value = std::stod(setting.substr(equals + 1));
  const std::map<std::string, double*> numbers{{"tolerance", &options.tolerance}, {"lambda", &options.lambda},
                                               {"step", &options.step},           {"sigma_start", &options.sigma_start},
                                               {"sigma_end", &options.sigma_end}, {"zeta", &options.zeta}};
  const std::map<std::string, int*> counts{
      {"iterations", &options.iterations}, {"cg_iterations", &options.cg_iterations}, {"levels", &options.levels}};
  if (numbers.count(name) > 0)
    *numbers.at(name) = value;
  else if (counts.count(name) > 0)
    *counts.at(name) = static_cast<int>(value);
  else
    fail(ExitCode::usage, "no parameter is called \"", name, '"');
}

Experiment make_experiment(const std::string& name, const Subject& subject, const Choices& choices) {
  if (name == "mri-r4") return undersampled_mri(subject.truth, 4, choices.noise, choices.seed);
  if (name == "mri-r8") return undersampled_mri(subject.truth, 8, choices.noise, choices.seed);
  if (name == "ct-parallel-60") return ct_scan(subject.truth, subject.spacing_mm, {false, 60, 1e5}, choices.seed);
  if (name == "ct-fan-60") return ct_scan(subject.truth, subject.spacing_mm, {true, 60, 1e5}, choices.seed);
  if (name == "ct-parallel-360") return ct_scan(subject.truth, subject.spacing_mm, {false, 360, 1e4}, choices.seed);
  if (name == "superres-4") return thick_slices(subject.truth, 4, choices.noise, choices.seed);
  fail(ExitCode::usage, "no experiment is called \"", name, '"');
}

/// Clock and processor time since it was made.
class Stopwatch {
 public:
  void stop(ReconRow& row) const {
    row.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    row.cpu_seconds = static_cast<double>(std::clock() - processor_) / CLOCKS_PER_SEC;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::clock_t processor_ = std::clock();
};

/// Reconstructs one experiment by everything that was asked for.
class ExperimentRun {
 public:
  ExperimentRun(const Choices& choices, const Subject& subject, const LoadedDenoiser& model, Experiment experiment)
      : choices_(choices), subject_(subject), model_(model), experiment_(std::move(experiment)) {
    experiment_.problem.sigma_min = model.card.sigma_min;
    experiment_.problem.sigma_max = model.card.sigma_max;
  }

  std::vector<ReconRow> rows() {
    for (const auto& [name, image] : experiment_.baselines) add({}, name, image);
    for (const NamedMethod& method : named_methods())
      if (choices_.methods.empty() ||
          std::find(choices_.methods.begin(), choices_.methods.end(), method.name) != choices_.methods.end())
        reconstruct_by(method);
    if (experiment_.maps.defined())
      for (const std::string& regularisation : choices_.bart) ask_bart(regularisation);
    return rows_;
  }

  /// The plain image, TV, the best learned one and the truth.
  void draw(const fs::path& folder) const {
    std::string best;
    for (const ReconRow& row : rows_)
      if (learned(row.method) && (best.empty() || row.psnr_db > psnr_of(best))) best = row.method;
    std::vector<std::string> shown;
    if (experiment_.kind == ProblemKind::mri) shown = {"adjoint"};
    if (experiment_.kind == ProblemKind::ct) shown = {best_baseline()};
    if (experiment_.kind == ProblemKind::superres) shown = {"thick", "cubic spline"};
    if (experiment_.kind != ProblemKind::superres) shown.push_back("tv");
    shown.push_back(best);
    std::vector<torch::Tensor> images;
    for (const std::string& name : shown) {
      if (name == "thick")
        images.push_back(
            experiment_.problem.y.repeat_interleave(subject_.truth.size(0) / experiment_.problem.y.size(0), 0));
      else if (images_.count(name) > 0)
        images.push_back(images_.at(name));
      else
        return;  // a run of some methods only: nothing to compare
    }
    images.push_back(subject_.truth);
    const bool across = experiment_.kind == ProblemKind::superres;  // thick slices are seen from the side
    const std::int64_t voxel = subject_.lesion.inside.flatten().to(torch::kInt).argmax().item().toLong();
    const std::int64_t plane = subject_.truth.size(1) * subject_.truth.size(2);
    const auto reach = static_cast<std::int64_t>(kLesionRadius);
    const std::int64_t index = across ? voxel % plane / subject_.truth.size(2) : voxel / plane + reach;
    write_comparison(folder / ("recon_" + experiment_.name + ".png"), images, across ? 1 : 0,
                     std::min(index, subject_.truth.size(across ? 1 : 0) - 1), subject_.black, subject_.white);
    std::cout << "\nrecon_" << experiment_.name << ".png: ";
    for (const std::string& name : shown) std::cout << name << ", ";
    std::cout << "truth; below, five times the difference from the truth.\n";
  }

 private:
  static bool learned(const std::string& name) {
    for (const NamedMethod& method : named_methods())
      if (method.name == name) return method.needs_denoiser;
    return false;
  }
  double psnr_of(const std::string& method) const {
    return std::find_if(rows_.begin(), rows_.end(), [&](const ReconRow& row) { return row.method == method; })->psnr_db;
  }
  std::string best_baseline() const {
    std::string best;
    for (const auto& baseline : experiment_.baselines)
      if (best.empty() || psnr_of(baseline.first) > psnr_of(best)) best = baseline.first;
    return best;
  }

  void add(ReconRow row, const std::string& method, const torch::Tensor& image) {
    row.experiment = experiment_.name;
    row.method = method;
    compare_with_truth(row, image, subject_.truth, subject_.lesion, subject_.tissue);
    rows_.push_back(row);
    images_[method] = image;
    std::cerr << experiment_.name << ' ' << method << ": " << row.psnr_db << " dB, " << row.cpu_seconds << " CPU s, "
              << row.seconds << " s\n";
  }

  void reconstruct_by(const NamedMethod& method) {
    // Tiles cannot be differentiated. The crops are multiples of the network's alignment, so it can do without them.
    const bool differentiated = method.name == "dps" || method.name == "mmps";
    experiment_.problem.denoise =
        differentiated ? model_.denoise
                       : tiled(model_.denoise, model_.locality, model_.bytes_per_voxel, kTileMemoryBytes);
    MethodOptions options = default_options(method.name, experiment_.kind);
    for (const std::string& setting : choices_.settings) apply(setting, method.name, options);
    ReconRow row;
    const Stopwatch watch;
    const Reconstruction result = reconstruct(experiment_.problem, method.reconstruct, options);
    watch.stop(row);
    row.iterations = static_cast<int>(result.log.size());
    row.residual_over_noise = result.residual_over_noise;
    row.diverged = result.stop == StopReason::diverged;
    add(row, method.name, result.image.abs() / experiment_.unit);
  }

  void ask_bart(const std::string& regularisation) {
    const fs::path folder = fs::temp_directory_path() / ("recon_quality_" + std::to_string(std::clock()));
    fs::create_directories(folder);
    const PeerImage peer = bart_pics(experiment_, regularisation, choices_.bart_iterations, folder);
    fs::remove_all(folder);
    ReconRow row;
    row.iterations = choices_.bart_iterations;
    row.cpu_seconds = peer.cpu_seconds;
    row.seconds = peer.seconds;
    const torch::Tensor y = experiment_.problem.y, residual = experiment_.problem.a->forward(peer.image) - y;
    row.residual_over_noise =
        std::sqrt(residual.masked_select(y != 0).abs().square().mean().item().toDouble() / 2) / choices_.noise;
    add(row, "bart pics -R " + regularisation, peer.image.abs());
  }

  const Choices& choices_;
  const Subject& subject_;
  const LoadedDenoiser& model_;
  Experiment experiment_;
  std::vector<ReconRow> rows_;
  std::map<std::string, torch::Tensor> images_;
};

void measure(const Choices& choices) {
  cache_tensor_memory();
  at::set_num_threads(choices.threads);
  setenv("OMP_NUM_THREADS", std::to_string(choices.threads).c_str(), 1);  // for BART
  std::optional<Subject> brain, body;
  std::optional<LoadedDenoiser> mr_model, ct_model;
  std::vector<ReconRow> all;
  if (!choices.out.empty()) fs::create_directories(choices.out);
  for (const std::string& name : choices.experiments) {
    const bool ct = name.rfind("ct", 0) == 0;
    std::optional<Subject>& subject = ct ? body : brain;
    std::optional<LoadedDenoiser>& model = ct ? ct_model : mr_model;
    const std::string& volume = ct ? choices.ct : choices.mr;
    if (volume.empty()) fail(ExitCode::usage, name, " needs --", ct ? "ct" : "mr", " VOLUME");
    if (!subject) subject = subject_of(volume, ct, ct ? choices.ct_crop : choices.mr_crop, ct ? choices.ct_shrink : 1);
    if (!model) model = load_denoiser(ct ? choices.ct_model : choices.mr_model);

    ExperimentRun run(choices, *subject, *model, make_experiment(name, *subject, choices));
    const std::vector<ReconRow> rows = run.rows();
    const auto size = subject->truth.sizes();
    std::cout << "\n`" << name << "`: " << fs::path(volume).filename().string() << ", " << size[2] << " x " << size[1]
              << " x " << size[0] << "\n\n"
              << markdown_table(rows, ct) << std::flush;
    if (!choices.out.empty()) run.draw(choices.out);
    all.insert(all.end(), rows.begin(), rows.end());
  }
  if (!choices.out.empty()) std::ofstream(fs::path(choices.out) / "results.csv") << comma_separated(all);
}

int run(int argc, char** argv) {
  Choices choices;
  po::options_description options("options");
  const auto add = [&](const char* name, auto* value, const char* text) {
    options.add_options()(name, po::value(value), text);
  };
  const auto add_list = [&](const char* name, auto* values, const char* text) {
    options.add_options()(name, po::value(values)->multitoken(), text);
  };
  options.add_options()("help", "print this text");
  add("mr", &choices.mr, "brain to simulate MRI and thick slices from");
  add("mr-model", &choices.mr_model, "its prior (.safetensors)");
  add("ct", &choices.ct, "volume in HU to simulate CT from");
  add("ct-model", &choices.ct_model, "its prior");
  add_list("experiments", &choices.experiments,
           "of mri-r4 mri-r8 ct-parallel-60 ct-fan-60 ct-parallel-360 superres-4 (default: all)");
  add_list("methods", &choices.methods, "these only (default: all)");
  add_list("set", &choices.settings, "METHOD:PARAMETER=VALUE ...");
  add_list("mr-crop", &choices.mr_crop, "D H W in voxels, multiples of 8 (default: 96 96 96)");
  add_list("ct-crop", &choices.ct_crop, "the same of CT, after shrinking (default: 8 256 256)");
  add("ct-shrink", &choices.ct_shrink, "means of so many voxels along W and H (default: 1)");
  add("noise", &choices.noise,
      "of each part of k-space or of a slice, in units of the 99.5th percentile (default: 0.01)");
  add_list("bart", &choices.bart,
           "what bart pics takes after -R; \"none\" for no BART (default: W:7:0:0.001 T:7:0:0.001)");
  add("bart-iterations", &choices.bart_iterations, "(default: 60)");
  add("seed", &choices.seed, "of mask and noise (default: 1)");
  add("threads", &choices.threads, "(default: 2)");
  add("out", &choices.out, "folder for results.csv and pictures");

  po::variables_map values;
  po::store(po::command_line_parser(argc, argv).options(options).run(), values);
  if (values.count("help")) {
    std::cout << "usage: recon_quality --mr VOLUME --mr-model MODEL --ct VOLUME --ct-model MODEL [options]\n"
              << options;
    return 0;
  }
  po::notify(values);
  if (choices.mr_crop.size() != 3 || choices.ct_crop.size() != 3) fail(ExitCode::usage, "a crop takes three numbers");
  if (choices.bart == std::vector<std::string>{"none"}) choices.bart.clear();
  measure(choices);
  return 0;
}

}  // namespace
}  // namespace voxprior

int main(int argc, char** argv) {
  try {
    return voxprior::run(argc, argv);
  } catch (const voxprior::Error& error) {
    std::cerr << "recon_quality: " << error.what() << '\n';
    return static_cast<int>(error.code());
  } catch (const boost::program_options::error& error) {
    std::cerr << "recon_quality: " << error.what() << "; see --help\n";
    return 2;
  }
}
