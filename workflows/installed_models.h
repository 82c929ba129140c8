#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace voxprior {

/// The folders in which models are looked for by name: $VOXPRIOR_MODELS (separated by colons) if set; then
/// ../share/voxprior/models relative to the program; then, for a program that was not installed, the source tree's.
std::vector<std::filesystem::path> model_folders();

/// The file of a model: `model` itself if it has a slash or ends in .safetensors, else NAME.safetensors in the first
/// folder that has it. Throws Error(ExitCode::model) with the known names when there is none.
std::filesystem::path find_model(const std::string& model);

/// The folder of a synthesis model: `model` itself if it has a slash, else the folder NAME in the first of
/// model_folders() that has it. Throws Error(ExitCode::model) when there is none.
std::filesystem::path find_synthesis_model(const std::string& model);

}  // namespace voxprior
