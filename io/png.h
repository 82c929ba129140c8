#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/atomic_file.h"

namespace voxprior {

/// An 8-bit PNG as bytes: 1 channel is grey, 3 are RGB. `pixels` holds height * width * channels bytes, rows from the
/// top.
std::string png_bytes(int width, int height, int channels, const std::uint8_t* pixels);

/// A PNG whose pixels are rows of a table of 256 RGB colours.
using Palette = std::array<std::uint8_t, std::size_t{3} * 256>;
std::string png_bytes(int width, int height, const Palette& palette, const std::uint8_t* pixels);

/// Writes png_bytes(). Throws Error(ExitCode::output) when writing fails, leaving no file.
void write_png(const std::filesystem::path& path, int width, int height, int channels, const std::uint8_t* pixels,
               Overwrite overwrite);

}  // namespace voxprior
