#include "models/training/batch_share.h"

namespace voxprior {

TrainingBatch samples_of(const TrainingBatch& batch, std::int64_t first, std::int64_t end) {
  const std::int64_t all = batch.sigma.size(0);
  // Conditions of one sample hold for all; undefined tensors say nothing.
  const auto cut = [&](const torch::Tensor& t) {
    return t.defined() && t.size(0) == all ? t.narrow(0, first, end - first) : t;
  };
  return {cut(batch.clean), cut(batch.noisy),
          cut(batch.sigma), {cut(batch.condition.classes), cut(batch.condition.spacing_mm), cut(batch.condition.mask)},
          cut(batch.scan),  cut(batch.target_noise)};
}

}  // namespace voxprior
