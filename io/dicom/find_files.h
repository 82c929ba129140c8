#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/dicom/limits.h"

namespace voxprior {

/// Every regular file that the names lead to: themselves, what lies in folders at any depth (links to folders are not
/// followed), in the order of their paths and each once. Throws Error(ExitCode::input) for a name that leads nowhere.
std::vector<std::filesystem::path> list_files(const std::vector<std::filesystem::path>& files_or_folders);

/// The files that a DICOMDIR names (PS3.10 8, ReferencedFileID), relative to the folder it lies in. Throws
/// Error(ExitCode::input) when one is missing or lies outside of that folder.
std::vector<std::filesystem::path> files_of_dicomdir(const std::filesystem::path& dicomdir, const DicomLimits& limits);

}  // namespace voxprior
