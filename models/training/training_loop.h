#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/training/config.h"
#include "models/training/optimiser.h"
#include "models/training/peers.h"
#include "models/training/progress.h"
#include "models/training/source.h"
#include "models/training/validation.h"
#include "models/weights/model_card.h"
#include "models/weights/parameters.h"

namespace voxprior {

struct TrainingRun {
  TrainingConfig config;
  std::string recipe;  ///< the text of the configuration file; its hash goes into the model card
  std::filesystem::path out_folder;
  bool resume = false;
  torch::Device device = torch::kCPU;
  Peers* peers = nullptr;  ///< the other processes that train this network, too; null: there are none
};

/// Thrown by Trainee::loss() when what it computes beside the loss is not finite; `what` in words.
struct Divergence {
  std::string what;
};

/// What a training loop trains: a network with a loss, and a second one of the same shape that becomes its running
/// mean (EMA). Only the mean is scored and written as a model.
class Trainee {
 public:
  virtual ~Trainee() = default;

  virtual torch::nn::Module& network() = 0;
  virtual torch::nn::Module& average() = 0;
  /// How network() is updated.
  virtual OptimiserSettings optimiser_settings() const { return {}; }

  /// Measures what the loss must know of the data. Called before the first step, not when a run is resumed.
  virtual void measure() = 0;
  /// What measure() found, and what else a resumed run needs beside weights and optimiser, by the names under which a
  /// checkpoint keeps it.
  virtual TensorMap measured() const = 0;
  /// Takes that from the tensors of a checkpoint. Throws Error(ExitCode::model) that names `file`.
  virtual void restore(const TensorMap& tensors, const std::filesystem::path& file) = 0;

  /// Loss of step number `step`, with its gradient towards network(). What it draws is a function of the step.
  virtual torch::Tensor loss(std::int64_t step) = 0;

  /// Whether loss() is that of this process's share of the batch where the run has peers: times the share's part of the
  /// batch and their number, so that the mean over all is the loss of the whole.
  virtual bool can_share() const { return false; }

  /// Parts of the last loss and what else is worth logging, by name.
  virtual std::map<std::string, double> terms() const { return {}; }

  /// Called when the optimiser has moved the weights.
  virtual void follow() {}

  virtual std::vector<ValidationScore> score() = 0;
  /// Whether the network that these last scores are of (none: not scored yet) is better than what it started from;
  /// nothing where that is not asked.
  virtual std::optional<Verdict> verdict(const std::vector<ValidationScore>& /*scores*/) const { return {}; }
  /// Writes the model after `steps` steps; `scores` are the last ones, of this run or none.
  virtual void write_model(const std::filesystem::path& file, std::int64_t steps,
                           const std::vector<ValidationScore>& scores) const = 0;
};

/// Trains to the end of the configured steps. Writes into run.out_folder, each file atomically:
///   checkpoint.safetensors  every checkpoint_minutes and at the end; `resume` goes on from it, on the CPU bit for bit
///   model.safetensors       the averaged weights with their card, at the same times
///   metrics.jsonl           one line a report; the first has flop_per_step, see count_flop(), of this process's share
///   snapshot-STEP.safetensors   the averaged weights at equal shares of the steps, if the configuration asks for
///                               them; a resumed run makes the same ones
/// With run.peers all processes take the same steps and rank 0 alone scores and writes; when one of them is lost, rank
/// 0 writes what it has and Error(ExitCode::resumable) is thrown. `data_identity` is kept in the checkpoint, see
/// identity_of(). Throws Error(ExitCode::output) when the folder holds a run and `resume` is not set,
/// Error(ExitCode::model) when the checkpoint does not fit the configuration or the data. A loss or gradient that is
/// not finite ends the run with Error(ExitCode::some_failed): the files stay those of the last checkpoint, and the last
/// line of metrics.jsonl says what diverged.
void run_training(Trainee& trainee, const TrainingRun& run, const std::string& data_identity,
                  const TrainingObserver& observer);

/// Hash of names and contents of training volumes, so that a run is not resumed on other data by mistake.
std::string identity_of(const std::vector<TrainingVolume>& volumes);

/// The entries of a model card that the configuration decides.
ModelCard card_of(const TrainingRun& run);

}  // namespace voxprior
