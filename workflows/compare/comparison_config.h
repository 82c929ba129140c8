#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace voxprior {

/// One generator of a comparison: trained here from a recipe, or a model that is there already.
struct Contender {
  std::string name;
  std::string kind;                   ///< "diffusion" or "gan": the word after `train`; empty for a model
  std::filesystem::path recipe;       ///< of that command; data, seed and steps in it are replaced
  std::filesystem::path model;        ///< folder for `synth --model`; empty for a recipe
  std::filesystem::path trained_on;   ///< folder of the volumes that the model was trained on
  std::vector<std::string> sampling;  ///< more words for `synth`
  std::string class_name;             ///< drawn of this class; empty: any
};

/// What `voxprior compare` is told. Paths are absolute.
struct ComparisonConfig {
  std::string title;
  std::filesystem::path train, holdout;  ///< folders of volumes on one grid
  // How long each contender trains with each seed; one of the four (`flop` is below), the others 0.
  std::int64_t seconds = 0;      ///< by the clock: steps are as many as a measured step time lets fit
  std::int64_t cpu_seconds = 0;  ///< of all threads together: the same on a busy machine
  std::int64_t steps = 0;
  std::vector<std::int64_t> seeds;
  std::int64_t samples = 0;  ///< volumes that each contender makes with each seed
  std::int64_t judged = 0;   ///< of them, how many the set metrics and the search for copies look at
  std::string downstream;    ///< "tissue", "shape" or "none": how volumes are labelled for the segmentation test
  std::int64_t downstream_steps = 0;
  std::vector<Contender> contenders;
  std::int64_t snapshots = 0;  ///< times at which a training is looked at, at equal shares of its steps
  double flop = 0;             ///< floating-point operations of the training, as its metrics.jsonl counts them
};

/// Strict, as recipes are: an unknown key, kind or class, or a missing folder is Error(ExitCode::usage or input) that
/// names it. Relative paths are relative to the file's folder.
ComparisonConfig read_comparison_config(const std::filesystem::path& file);

}  // namespace voxprior
