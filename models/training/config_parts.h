#pragma once

#include <string>

#include "models/training/config.h"
#include "models/training/toml_section.h"

namespace voxprior {

/// What recipes of every kind share: read by config.cpp and self_supervised_config.cpp alone.

/// Section [training]. Throws Error(ExitCode::usage) for what TomlSection refuses.
void read_training(TomlSection section, TrainingConfig& config);

/// Throws Error(ExitCode::usage), naming `file`, for values that do not fit together.
void check_together(const TrainingConfig& config, const std::string& file);

}  // namespace voxprior
