#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/volume.h"
#include "workflows/cli/progress.h"

namespace voxprior {

/// What a batch says of a task, and may know of it where nothing is computed.
struct TaskFacts {
  std::string name;          ///< as --task has it
  std::string counted;       ///< "3 denoised"
  std::string description;   ///< of BIDS: the label of desc-
  std::string described_as;  ///< what descriptions.tsv says of that label
  std::string dataset_name;  ///< of dataset_description.json
  std::string generated_by;  ///< of dataset_description.json
  std::string readme_title;
  std::string readme_results;  ///< what README.md says of the volumes
};

const TaskFacts& denoise_facts();
const TaskFacts& superres_facts();

/// Of the name that --task has.
const TaskFacts& task_facts(const std::string& name);

/// What a task made of a volume.
struct TaskResult {
  Volume volume;                     ///< to be written, with the notices of the one that was read
  std::vector<std::string> notices;  ///< what the user should know besides
  std::string told = {};             ///< a figure for the line that tells of the scan, or empty
  nlohmann::ordered_json record = nlohmann::ordered_json::object();    ///< for the provenance
  nlohmann::ordered_json facts = nlohmann::ordered_json::object();     ///< for the summary
  nlohmann::ordered_json metadata = nlohmann::ordered_json::object();  ///< of BIDS: what is other than at the source
};

/// What volumes in the other stages of a batch take while one is computed, for each of their voxels; the volumes of a
/// batch are taken to be alike. A task subtracts it from the memory that it may use.
constexpr double kReadAheadBytesPerVoxel = 16;    // one being read with its bytes, one read
constexpr double kWriteBehindBytesPerVoxel = 16;  // one done, one being written with its bytes

/// What a batch does with each scan. Lives as long as the run, so that models stay loaded.
class BatchTask {
 public:
  virtual ~BatchTask() = default;

  /// All that results depend on besides the input, as it was asked for, and the models. Throws Error(ExitCode::model).
  virtual nlohmann::ordered_json settings() const = 0;

  /// `label` is what messages call the volume. Throws Error: ExitCode::input or ExitCode::resources that concern this
  /// volume, ExitCode::model that concerns all.
  virtual TaskResult work_on(Volume volume, const std::string& label, ProgressDisplay& progress) = 0;
};

}  // namespace voxprior
