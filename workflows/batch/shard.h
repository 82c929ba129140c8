#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "workflows/batch/batch_case.h"

namespace voxprior {

/// One of several parts of a batch.
struct Shard {
  std::size_t number = 0;  ///< from 0
  std::size_t count = 1;
};

/// "2/8": the third of eight. Throws Error(ExitCode::usage) that says how it is written.
Shard parse_shard(const std::string& text);

/// Every case whose place in the list leaves `number` when divided by `count`: each case is in one shard.
std::vector<BatchCase> cases_of_shard(const std::vector<BatchCase>& cases, const Shard& shard);

}  // namespace voxprior
