#pragma once

#include <itkImageIOBase.h>

#include <filesystem>
#include <map>
#include <string>

#include "base/error.h"
#include "io/volume.h"

namespace voxprior {

/// ITK's reader and writer for the format. Turns ITK's warnings off: what matters is checked here.
itk::ImageIOBase::Pointer make_image_io(FileFormat format);

/// Runs `action` and turns what ITK throws into an Error with `code`: ITK's own text spans lines and names addresses.
template <typename Action>
void with_itk_errors(const std::filesystem::path& path, ExitCode code, const char* what, Action action) {
  try {
    action();
  } catch (const itk::ExceptionObject&) {
    fail(code, path, what);
  }
}

itk::IOComponentEnum component_of(VoxelType type);

/// The string entries, without those that ITK adds about itself.
std::map<std::string, std::string> metadata_of(const itk::ImageIOBase& io);

void store_metadata(const std::map<std::string, std::string>& metadata, itk::ImageIOBase& io);

}  // namespace voxprior
