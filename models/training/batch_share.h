#pragma once

#include <cstdint>

#include "models/training/source.h"

namespace voxprior {

/// The samples [first, end) of a batch.
TrainingBatch samples_of(const TrainingBatch& batch, std::int64_t first, std::int64_t end);

}  // namespace voxprior
