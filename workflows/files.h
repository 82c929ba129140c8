#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/atomic_file.h"

namespace voxprior {

/// Throws Error(ExitCode::input) unless `path` is a readable file: asked before anything slow begins.
void check_readable(const std::filesystem::path& path);

/// Throws unless every output can be written: its folder exists and is writable, it does not exist yet (or may be
/// replaced), no two outputs are the same file, and none is one of the inputs. Empty paths are skipped.
void check_outputs(const std::vector<std::filesystem::path>& outputs, const std::vector<std::filesystem::path>& inputs,
                   Overwrite overwrite);

/// "out.nii.gz" -> "out": the name without the ending of a volume file, in its folder.
std::filesystem::path without_volume_ending(const std::filesystem::path& path);

}  // namespace voxprior
