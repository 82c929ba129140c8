#include "workflows/latent_choices.h"

#include <boost/program_options.hpp>

#include "workflows/installed_models.h"
#include "workflows/platform.h"

namespace voxprior {
namespace po = boost::program_options;

void LatentChoices::add_to(Arguments& arguments) {
  arguments
      .option("model", po::value(&model_)->value_name("NAME|FOLDER")->default_value("brain-t1-synth"),
              "an installed synthesis model, or a folder with coarse.safetensors")
      .option("steps", at_least(1, &steps_, "--steps")->value_name("N")->default_value(25),
              "steps of the coarse model, four network calls each; the same for encode and decode")
      .option("detail-steps", at_least(1, &detail_steps_, "--detail-steps")->value_name("N")->default_value(8),
              "steps of each octave")
      .option("schedule", choice(&options_.schedule, "--schedule", {"karras", "log-uniform", "cosine", "linear"}),
              "how the noise levels are spread")
      .option("memory", at_least(1, &memory_mb_, "--memory")->value_name("MB"),
              "use no more memory for the tiles of the octaves; default: half of what is free")
      .option("threads", at_least(1, &threads_, "--threads")->value_name("N"),
              "threads to compute with; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all cores allowed")
      .option("precision", choice(&options_.precision, "--precision", {"float32", "bfloat16", "auto"}),
              "numbers of the networks' inner layers; bfloat16 does not come back to the same volume as exactly")
      .option("device", choice(&options_.device, "--device", {"auto", "cpu", "cuda"}), "where to compute")
      .flag("overwrite", &overwrite, "replace files that exist");
}

SynthOptions LatentChoices::options() const {
  SynthOptions options = options_;
  options.needs_ode = true;
  options.model_folder = find_synthesis_model(model_).string();
  options.steps = static_cast<int>(steps_);
  options.detail_steps = static_cast<int>(detail_steps_);
  options.memory_bytes = memory_mb_ > 0 ? 1e6 * static_cast<double>(memory_mb_) : free_memory_bytes() / 2;
  options.threads = compute_threads(static_cast<int>(threads_));
  return options;
}

}  // namespace voxprior
