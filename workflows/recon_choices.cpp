#include "workflows/recon_choices.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <filesystem>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/installed_models.h"
#include "workflows/platform.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const ReconMethodName* find_method(const std::string& name) {
  for (const ReconMethodName& method : recon_methods())
    if (name == method.name) return &method;
  return nullptr;
}

std::string method_names(bool fbp) {
  std::string names = fbp ? "fbp (FDK for a cone)" : "";
  for (const ReconMethodName& method : recon_methods()) names += (names.empty() ? "" : ", ") + std::string(method.name);
  return names;
}

}  // namespace

const std::vector<ReconMethodName>& recon_methods() {
  static const std::vector<ReconMethodName> methods = {
      {"adjoint", false, false}, {"cg", false, false},      {"wavelet", false, false}, {"tv", false, false},
      {"pnp-hqs", true, false},  {"pnp-admm", true, false}, {"pnp-pgd", true, false},  {"red", true, false},
      {"diffpir", true, true},   {"dds", true, true},       {"dps", true, true},       {"mmps", true, true}};
  return methods;
}

void ReconChoices::add_to(Arguments& arguments, const std::string& standard, bool fbp) {
  fbp_ = fbp;
  arguments.option("method", po::value(&method_)->value_name("NAME")->default_value(standard), method_names(fbp))
      .option("prior", po::value(&prior_)->value_name("NAME|FILE")->default_value("auto"),
              "denoiser, for methods that need one: an installed model or a file; auto: ct for CT, mri-t1 for MR")
      .option("iterations", at_least(1, &iterations_, "--iterations")->value_name("N"),
              "at most so many; each method has its default, as for the next seven options")
      .option("lambda", positive(&lambda_, "--lambda")->value_name("L"), "strength of the prior, for normalised data")
      .option("tolerance", positive(&tolerance_, "--tolerance")->value_name("T"),
              "stop when the relative change falls below this")
      .option("step", positive(&step_, "--step")->value_name("S"), "of gradient steps, in units of 1 / |A|^2")
      .option("sigma-start", positive(&sigma_start_, "--sigma-start")->value_name("S"),
              "first noise level of the denoiser; 1 is the brightest tissue")
      .option("sigma-end", positive(&sigma_end_, "--sigma-end")->value_name("S"), "last noise level of the denoiser")
      .option("zeta", positive(&zeta_, "--zeta")->value_name("Z"), "share of the noise that samplers draw anew")
      .option("cg-iterations", at_least(1, &cg_iterations_, "--cg-iterations")->value_name("N"),
              "of each inner least-squares problem")
      .option("samples", at_least(1, &samples_, "--samples")->value_name("N")->default_value(1),
              "for diffpir, dds, dps and mmps: write the mean of N samples")
      .option("uncertainty", po::value(&uncertainty)->value_name("FILE"),
              "write the standard deviation of the samples, for each voxel")
      .option("seed", at_least(0, &seed_, "--seed")->value_name("S")->default_value(0), "of all that a method draws")
      .option("log", po::value(&log)->value_name("FILE"), "write the iterations as lines of JSON")
      .option("preview", po::value(&preview)->value_name("FILE.png"), "write a picture of three planes")
      .option("memory", at_least(1, &memory_mb_, "--memory")->value_name("MB"),
              "use no more memory; default: half of what is free")
      .option("mirrors", choice(&mirrors_, "--mirrors", {"1", "2", "4", "8"}),
              "average the denoiser over so many mirror images: better, and as many times slower")
      .option("precision", choice(&precision_, "--precision", {"float32", "bfloat16", "auto"}),
              "numbers of the network's inner layers")
      .option("device", choice(&device_, "--device", {"auto", "cpu", "cuda"}), "where the network computes")
      .option("threads", at_least(1, &threads_, "--threads")->value_name("N"),
              "threads to compute with; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all cores allowed")
      .flag("force", &force, "use a prior that was trained on another modality")
      .flag("overwrite", &overwrite, "replace files that exist");
}

void ReconChoices::check() const {
  const ReconMethodName* const method = find_method(method_);
  if (method == nullptr && !(fbp_ && method_ == "fbp"))
    fail(ExitCode::usage, "--method: no method is called '", method_, "'; there are ", method_names(fbp_));
  const bool given = iterations_ >= 0 || cg_iterations_ >= 0 || tolerance_ >= 0 || lambda_ >= 0 || step_ >= 0 ||
                     sigma_start_ >= 0 || sigma_end_ >= 0 || zeta_ >= 0;
  if (method == nullptr && given)
    fail(ExitCode::usage, "--method: fbp has no iterations; it takes none of the options that steer them");
  const bool draws = method != nullptr && method->draws;
  if (samples_ > 1 && !draws)
    fail(ExitCode::usage, "--samples: ", method_, " gives one answer; diffpir, dds, dps and mmps draw samples");
  if (!uncertainty.empty() && samples_ < 2)
    fail(ExitCode::usage, "--uncertainty: needs --samples 2 or more of diffpir, dds, dps or mmps");
  if (!uncertainty.empty()) format_of_name(uncertainty);
  if (!preview.empty() && std::filesystem::path(preview).extension() != ".png")
    fail(ExitCode::usage, "--preview: ", preview, " does not end in .png");
  if (prior_ != "auto" && method != nullptr && !method->needs_model)
    fail(ExitCode::usage, "--prior: ", method_, " has no use for a prior");
}

ReconSettings ReconChoices::settings(bool ct) const {
  ReconSettings settings;
  settings.method = method_;
  const ReconMethodName* const method = find_method(method_);
  if (method != nullptr && method->needs_model)
    settings.model_file = find_model(prior_ != "auto" ? prior_ : ct ? "ct" : "mri-t1").string();
  settings.device = device_;
  settings.precision = precision_;
  settings.mirrors = std::stoi(mirrors_);
  settings.threads = compute_threads(static_cast<int>(threads_));
  settings.memory_bytes = memory_mb_ > 0 ? 1e6 * static_cast<double>(memory_mb_) : free_memory_bytes() / 2;
  settings.iterations = static_cast<int>(iterations_);
  settings.cg_iterations = static_cast<int>(cg_iterations_);
  settings.tolerance = tolerance_;
  settings.lambda = lambda_;
  settings.step = step_;
  settings.sigma_start = sigma_start_;
  settings.sigma_end = sigma_end_;
  settings.zeta = zeta_;
  settings.samples = static_cast<int>(samples_);
  settings.seed = static_cast<std::uint64_t>(seed_);
  return settings;
}

}  // namespace voxprior
