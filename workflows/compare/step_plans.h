#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "workflows/compare/comparison_config.h"
#include "workflows/compare/comparison_step.h"

namespace voxprior {

/// What each step of a comparison runs. A step writes into `folder`, under its name; `model` is the hash of the model
/// that volumes come from, so that those of another one are measured anew.
class StepPlans {
 public:
  StepPlans(const ComparisonConfig& config, int threads) : config_(config), threads_(std::to_string(threads)) {}

  /// Hash of the volumes to train on and of those held out.
  void set_data(const std::string& hash) { data_ = hash; }

  /// By folder/recipe.toml into folder/train; goes on from its checkpoint if there is one.
  ComparisonStep train(const std::string& name, const Contender& contender, const std::filesystem::path& folder) const;
  /// Into folder/samples, with a model folder for `synth`.
  ComparisonStep synth(const std::string& name, const Contender& contender, const std::filesystem::path& model_folder,
                       const std::filesystem::path& folder, std::int64_t count, std::int64_t seed) const;
  /// These three against held-out volumes, into folder/NAME.json.
  ComparisonStep synthesis(const std::string& name, const std::filesystem::path& folder,
                           const std::filesystem::path& volumes, const std::string& model) const;
  ComparisonStep memorisation(const Contender& contender, const std::filesystem::path& folder,
                              const std::filesystem::path& volumes, const std::string& model) const;
  ComparisonStep modes(const std::string& name, const std::filesystem::path& folder,
                       const std::filesystem::path& volumes, const std::string& model) const;
  /// A segmentation trained on `volumes`, into folder/downstream.json.
  ComparisonStep downstream(const std::filesystem::path& volumes, const std::filesystem::path& folder) const;

 private:
  ComparisonStep evaluation(const std::string& name, const std::filesystem::path& folder,
                            const std::filesystem::path& reference, const std::filesystem::path& volumes,
                            const std::string& model, const std::vector<std::string>& more) const;

  ComparisonConfig config_;
  std::string threads_, data_;
};

}  // namespace voxprior
