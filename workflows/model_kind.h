#pragma once

#include <filesystem>
#include <string>

namespace voxprior {

/// The kind that the card of a model file names, read from its header without LibTorch: "denoiser", "bridge", ...
/// Empty where that cannot be told; what is wrong with the file is said when it is loaded.
std::string kind_of_model(const std::filesystem::path& file);

/// The modality that the card names, "mr", "ct" or "any", in the same way.
std::string modality_of_model(const std::filesystem::path& file);

}  // namespace voxprior
