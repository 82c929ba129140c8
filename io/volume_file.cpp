#include "io/volume_file.h"

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "io/itk/itk_file.h"
#include "io/nifti/nifti_file.h"
#include "io/volume_or_slice.h"
#include "io/voxel_writer.h"

namespace voxprior {
namespace {

bool name_ends_with(std::string name, const std::string& ending) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name.size() > ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
}

}  // namespace

std::string volume_ending(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  for (const char* ending : {".nii.gz", ".nii", ".nrrd", ".mha"}) {
    if (name_ends_with(name, ending)) return name.substr(name.size() - std::string(ending).size());
  }
  return "";
}

FileFormat format_of_name(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (name_ends_with(name, ".nii") || name_ends_with(name, ".nii.gz")) return FileFormat::nifti;
  if (name_ends_with(name, ".nrrd")) return FileFormat::nrrd;
  if (name_ends_with(name, ".mha")) return FileFormat::metaimage;
  for (const char* two_files : {".nhdr", ".mhd", ".hdr", ".img", ".img.gz", ".raw"}) {
    if (name_ends_with(name, two_files)) {
      fail(ExitCode::usage, path,
           ": images in two files (header and voxels) are not supported; use .nii.gz, .nrrd or .mha");
    }
  }
  fail(ExitCode::usage, path, ": unknown kind of image file; use .nii, .nii.gz, .nrrd or .mha");
}

Volume read_volume(const std::filesystem::path& path, const ReadOptions& options) {
  const FileFormat format = format_of_name(path);
  return format == FileFormat::nifti ? nifti::read(path, options) : read_through_itk(path, format, options);
}

std::int64_t count_volumes(const std::filesystem::path& path) {
  return format_of_name(path) == FileFormat::nifti ? nifti::count_volumes(path) : 1;
}

Volume read_volume_or_slice(const std::filesystem::path& path, const ReadOptions& options) {
  const FileFormat format = format_of_name(path);
  return format == FileFormat::nifti ? nifti::read(path, options, true) : read_through_itk(path, format, options, true);
}

WriteReport write_volume(const std::filesystem::path& path, const Volume& volume, const WriteOptions& options) {
  const FileFormat format = format_of_name(path);
  check_consistent(path, volume);
  return format == FileFormat::nifti ? nifti::write(path, volume, options)
                                     : write_through_itk(path, format, volume, options);
}

}  // namespace voxprior
