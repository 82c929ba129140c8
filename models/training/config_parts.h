#pragma once

#include <string>

#include "models/training/config.h"
#include "models/training/toml_section.h"

namespace voxprior {

/// What recipes of every kind share: read by config.cpp, gan_config.cpp and self_supervised_config.cpp
/// alone.

/// What a kind of model has where its recipe says nothing.
TrainingConfig defaults_of(ModelKind kind);

/// Sections [data], [conditioning], [augment] and [noise], as the kind of `config` has them. Each throws
/// Error(ExitCode::usage) for what TomlSection refuses.
void read_data(TomlSection section, TrainingConfig& config);
void read_conditioning(TomlSection section, TrainingConfig& config);
void read_augment(TomlSection section, TrainingConfig& config);
void read_noise(TomlSection section, TrainingConfig& config);

/// Section [training]. Throws Error(ExitCode::usage) for what TomlSection refuses.
void read_training(TomlSection section, TrainingConfig& config);

/// Throws Error(ExitCode::usage), naming `file`, for values that do not fit together.
void check_together(const TrainingConfig& config, const std::string& file);

}  // namespace voxprior
