#include "workflows/denoise_options.h"

#include <boost/program_options.hpp>

#include "base/error.h"
#include "base/sha256.h"
#include "workflows/platform.h"

namespace voxprior {
namespace po = boost::program_options;

void DenoiseOptions::add_to(Arguments& arguments) {
  arguments
      .option("model", po::value(&model_)->value_name("NAME|FILE")->default_value("auto"),
              "an installed model, or a model file; auto: ct for CT, mri-t1 for anything else")
      .option("noise", choice(&noise_kind_, "--noise", {"auto", "gaussian", "rician"}), "distribution of the noise")
      .option("sigma", po::value(&sigma_)->value_name("auto|S")->default_value("auto"),
              "standard deviation of the noise in each real channel, in the input's units")
      .option(
          "sigma-map", po::value(&sigma_map_)->value_name("auto|none|FILE")->default_value("auto"),
          "sigma for each voxel: a volume on the grid of IN; auto: estimated, and used where it clearly varies; none: "
          "one sigma for all")
      .option("spectrum", po::value(&spectrum_)->value_name("auto|white|SHARES[/TAPERS]")->default_value("auto"),
              "what correlates the noise: the shares of k-space that were measured along i, j, k and the weights "
              "1 - t + t cos over them (Hamming 0.46, Hann 0.5), as in 0.7,0.7,1/0.46; not looked for in CT")
      .option("strength", po::value(&strength_)->value_name("0..1")->default_value(1),
              "a dose: 1 - strength of the noise is left, for every model and kind of noise; a denoiser applies that "
              "share of its change, a bridge stops there on its path");
  bridge_.add_to(arguments);
}

void DenoiseOptions::add_resources_to(Arguments& arguments, const std::string& memory_default) {
  arguments
      .option("memory", at_least(1, &memory_mb_, "--memory")->value_name("MB"),
              "use no more memory; default: " + memory_default)
      .option("tile", at_least(8, &tile_, "--tile")->value_name("N"),
              "work in tiles of N voxels a side; the result is the same; default: as large as memory allows")
      .option("threads", at_least(1, &threads_, "--threads")->value_name("N"),
              "threads to compute with; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all cores allowed")
      .option("mirrors", choice(&mirrors_, "--mirrors", {"2", "1", "4", "8"}),
              "average the estimate over so many mirror images of the volume: better, and as many times slower")
      .option("precision", choice(&precision_, "--precision", {"float32", "bfloat16", "auto"}),
              "numbers of the network's inner layers; auto: bfloat16 where the processor or GPU computes in it, twice "
              "as fast")
      .option("device", choice(&device_, "--device", {"auto", "cpu", "cuda"}), "where to compute")
      .flag("force", &force_, "use the model on a volume that does not look like what it is for");
}

DenoiseChoices DenoiseOptions::choices(double otherwise_bytes) const {
  DenoiseChoices choices;
  choices.noise = parse_noise_choice(noise_kind_, sigma_, sigma_map_, spectrum_);
  if (!(strength_ >= 0 && strength_ <= 1)) fail(ExitCode::usage, "--strength: must be between 0 and 1");
  choices.strength = strength_;
  choices.bridge = bridge_;
  choices.memory_bytes = memory_mb_ > 0 ? 1e6 * static_cast<double>(memory_mb_) : otherwise_bytes;
  choices.tile = tile_;
  choices.force = force_;
  return choices;
}

void DenoiseOptions::refuse_given(const std::string& why) const {
  const std::pair<bool, const char*> given[] = {
      {noise_kind_ != "auto", "--noise"},  {sigma_ != "auto", "--sigma"},  {sigma_map_ != "auto", "--sigma-map"},
      {spectrum_ != "auto", "--spectrum"}, {strength_ != 1, "--strength"}, {tile_ > 0, "--tile"}};
  for (const auto& [is_given, option] : given) {
    if (is_given) fail(ExitCode::usage, option, ": ", why, "; see --help");
  }
  bridge_.refuse_given(why);
}

SessionOptions DenoiseOptions::session() const {
  SessionOptions session;
  session.precision = precision_;
  session.device = device_;
  session.mirrors = std::stoi(mirrors_);
  session.threads = compute_threads(static_cast<int>(threads_));
  return session;
}

nlohmann::ordered_json DenoiseOptions::settings() const {
  nlohmann::ordered_json settings = {{"noise", noise_kind_},  {"sigma", sigma_},         {"sigma_map", sigma_map_},
                                     {"spectrum", spectrum_}, {"strength", strength_},   {"bridge", bridge_.settings()},
                                     {"mirrors", mirrors_},   {"precision", precision_}, {"device", device_},
                                     {"tile", tile_},         {"force", force_}};
  if (sigma_map_ != "auto" && sigma_map_ != "none") settings["sigma_map_sha256"] = sha256_of_file(sigma_map_);
  return settings;
}

}  // namespace voxprior
