#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "io/volume.h"
#include "workflows/compute/synth_session.h"

namespace voxprior {

/// The label volume at `path` with its axes turned to RAS. Throws Error(ExitCode::input) for a file that is none.
Volume read_mask(const std::filesystem::path& path);

/// What SynthSession::generate() takes for it. Throws Error(ExitCode::input) for a mask that is not on the grid of the
/// model or holds a label that the model does not know.
std::vector<std::uint8_t> mask_numbers(const std::filesystem::path& path, const Volume& mask, const SynthFacts& model);

/// A mask that the model drew as a label volume: uint8 or uint16, on the grid of the model.
Volume drawn_mask(const SynthFacts& model, const std::vector<std::uint8_t>& numbers);

}  // namespace voxprior
