#pragma once

#include <cstdint>
#include <filesystem>

#include "base/atomic_file.h"

namespace voxprior {

/// Writes an 8-bit PNG: 1 channel is grey, 3 are RGB. `pixels` holds height * width * channels bytes, rows from the
/// top. Throws Error(ExitCode::output) when writing fails, leaving no file.
void write_png(const std::filesystem::path& path, int width, int height, int channels, const std::uint8_t* pixels,
               Overwrite overwrite);

}  // namespace voxprior
