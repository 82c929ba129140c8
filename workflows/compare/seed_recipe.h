#pragma once

#include <filesystem>
#include <string>

#include "workflows/compare/comparison_config.h"

namespace voxprior {

/// The recipe that trains a contender in a comparison: its own, on the comparison's training volumes alone, with this
/// many steps, this seed and so many snapshots, and without validation, which would look at held-out volumes.
std::string seed_recipe(const Contender& contender, const std::filesystem::path& train, std::int64_t steps,
                        std::int64_t seed, std::int64_t snapshots);

}  // namespace voxprior
