#pragma once

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/network/unet.h"
#include "models/precondition.h"
#include "models/training/progress.h"
#include "models/training/source.h"
#include "models/training/validation.h"
#include "models/weights/model_card.h"
#include "models/weights/parameters.h"

namespace voxprior {

/// What the steps of a training run minimise, and what they need beside the network. Data, optimiser, averaging,
/// checkpoints and logs are the same for every objective: see train_network.h.
class Objective {
 public:
  virtual ~Objective() = default;

  /// A hash of what the run depends on beside its configuration and volumes: it is resumed with nothing else. "" for
  /// nothing.
  virtual std::string identity() const { return ""; }

  /// The network before the first step, the same at every call.
  virtual Unet initial_network() const = 0;

  /// What its preconditioner is made of, and the preconditioner: the mean volume [C,D,H,W], undefined for none, and
  /// root mean squares of what differs from it, [9] for each channel.
  virtual torch::Tensor mean(const TrainingSource& /*source*/) const { return {}; }
  virtual torch::Tensor feature_std(const TrainingSource& source, const torch::Tensor& mean) const = 0;
  virtual HaarPreconditioner preconditioner(const torch::Tensor& feature_std, const torch::Tensor& mean) const = 0;

  /// The mean loss of a batch (on the device of the network), with a graph to the weights. What it draws is a function
  /// of (seed, step) alone.
  virtual torch::Tensor loss(Unet& network, const HaarPreconditioner& preconditioner, const TrainingBatch& batch,
                             std::int64_t step) = 0;

  /// Whether the loss of some samples of a batch does not depend on the others, nor on anything that is learned from
  /// the batch beside the network: then processes can share a batch.
  virtual bool takes_shares() const { return false; }

  /// Parts of the last loss by name, for the log.
  virtual std::map<std::string, double> terms() const { return {}; }

  /// Called when the optimiser has moved the weights.
  virtual void follow(const Unet& /*network*/) {}

  /// How good the averaged network is on held-out volumes, and what the model card says of it and of the objective.
  virtual std::vector<ValidationScore> score(Unet& network, const HaarPreconditioner& preconditioner,
                                             const std::vector<TrainingVolume>& volumes) = 0;
  /// Whether the network with these scores (none: not scored yet) is better than the initial one, which is else what
  /// the model file holds; nothing for an objective that does not judge.
  virtual std::optional<Verdict> verdict(const std::vector<ValidationScore>& /*scores*/) const { return {}; }
  virtual void describe(ModelCard& card, const std::vector<ValidationScore>& scores) const = 0;

  /// Tensors that a resumed run needs beside weights and optimiser; shared, not copied. They are restored in place.
  virtual TensorMap state() const { return {}; }

  /// What it learned beside the network, for the model file.
  virtual TensorMap model_tensors() const { return {}; }
};

}  // namespace voxprior
