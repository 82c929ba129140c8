#include "workflows/compare/step_plans.h"

#include "base/sha256.h"

namespace voxprior {
namespace fs = std::filesystem;

ComparisonStep StepPlans::train(const std::string& name, const Contender& contender, const fs::path& folder) const {
  const fs::path recipe = folder / "recipe.toml", out = folder / "train";
  ComparisonStep step{
      name,
      folder,
      {"train", contender.kind, recipe.string(), "--out", out.string(), "--threads", threads_, "--progress", "none"},
      {},
      data_ + sha256_of_file(recipe)};
  if (fs::exists(out / "checkpoint.safetensors")) step.resume_words = {"--resume"};
  return step;
}

ComparisonStep StepPlans::synth(const std::string& name, const Contender& contender, const fs::path& model_folder,
                                const fs::path& folder, std::int64_t count, std::int64_t seed) const {
  ComparisonStep step{
      name,
      folder,
      {"synth", (folder / "samples").string(), "--model", model_folder.string(), "--count", std::to_string(count),
       "--seed", std::to_string(seed), "--resume", "--threads", threads_, "--progress", "none"},
      {},
      sha256_of_file(model_folder / "coarse.safetensors")};
  if (!contender.class_name.empty()) {
    step.words.push_back("--class");
    step.words.push_back(contender.class_name);
  }
  step.words.insert(step.words.end(), contender.sampling.begin(), contender.sampling.end());
  return step;
}

ComparisonStep StepPlans::evaluation(const std::string& name, const fs::path& folder, const fs::path& reference,
                                     const fs::path& volumes, const std::string& model,
                                     const std::vector<std::string>& more) const {
  ComparisonStep step{name,
                      folder,
                      {"evaluate", reference.string(), volumes.string(), "--json", (folder / (name + ".json")).string(),
                       "--overwrite", "--threads", threads_, "--progress", "none"},
                      {},
                      data_ + model};
  step.words.insert(step.words.end(), more.begin(), more.end());
  return step;
}

ComparisonStep StepPlans::synthesis(const std::string& name, const fs::path& folder, const fs::path& volumes,
                                    const std::string& model) const {
  return evaluation(name, folder, config_.holdout, volumes, model,
                    {"--synthesis", "--preview", (folder / (name + ".png")).string()});
}

ComparisonStep StepPlans::memorisation(const Contender& contender, const fs::path& folder, const fs::path& volumes,
                                       const std::string& model) const {
  return evaluation(
      "copies", folder, contender.model.empty() ? config_.train : contender.trained_on, volumes, model,
      {"--memorisation", "--holdout", config_.holdout.string(), "--preview", (folder / "copies.png").string()});
}

ComparisonStep StepPlans::modes(const std::string& name, const fs::path& folder, const fs::path& volumes,
                                const std::string& model) const {
  return evaluation(name, folder, config_.holdout, volumes, model, {"--modes"});
}

ComparisonStep StepPlans::downstream(const fs::path& volumes, const fs::path& folder) const {
  fs::create_directories(folder);
  return {"downstream",
          folder,
          {"evaluate", volumes.string(), config_.holdout.string(), "--downstream", config_.downstream,
           "--downstream-steps", std::to_string(config_.downstream_steps), "--json",
           (folder / "downstream.json").string(), "--overwrite", "--threads", threads_, "--progress", "none"},
          {},
          data_};
}

}  // namespace voxprior
