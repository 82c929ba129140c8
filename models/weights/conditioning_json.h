#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "models/weights/conditioning.h"

namespace voxprior {

/// The entry "conditioning" of a model card: an object with what there is.
nlohmann::json json_of(const Conditioning& conditioning);

/// Strict, as parse_model_card(). Throws Error(ExitCode::model) that names `path`.
Conditioning parse_conditioning(const nlohmann::json& object, const std::filesystem::path& path);

/// Labels as an object: {"1": "white matter"}.
nlohmann::json json_of(const Labels& labels);
Labels parse_labels(const nlohmann::json& object, const std::filesystem::path& path);

}  // namespace voxprior
