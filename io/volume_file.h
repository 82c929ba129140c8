#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "io/volume.h"

namespace voxprior {

/// What to do with NaN and infinite voxels.
enum class Nonfinite { refuse, zero };

struct ReadOptions {
  std::int64_t max_voxels = std::int64_t{1}
                            << 31;  ///< refuse before allocating anything larger (also bounds gzip bombs)
  Nonfinite nonfinite = Nonfinite::refuse;
  int volume_of_4d = -1;  ///< which 3D volume of a 4D file to take; -1 refuses 4D files
};

/// Reads .nii, .nii.gz, .nrrd and .mha as a scalar 3D volume. The named file is read, never a twin beside it.
/// Throws Error(ExitCode::input) with one line that says why for anything damaged, ambiguous or not a scalar 3D image.
Volume read_volume(const std::filesystem::path& path, const ReadOptions& options = {});

/// How many 3D volumes a file holds, from its header: more than one for 4D NIfTI; 1 for the formats that are read as 3D
/// alone. Throws Error(ExitCode::input) for a header that is damaged.
std::int64_t count_volumes(const std::filesystem::path& path);

struct WriteOptions {
  Overwrite overwrite = Overwrite::no;
  std::string description;  ///< e.g. "voxprior 0.1.0 denoise"; NIfTI descrip (79 characters), NRRD/MHA comment
};

struct WriteReport {
  std::int64_t clipped_voxels = 0;   ///< values beyond the stored integer type, clipped to its limits
  std::vector<std::string> notices;  ///< what a user should know about the file written
};

/// Writes in the format that the name of `path` asks for, with the stored type, slope and intercept of the volume:
/// rounded to nearest, clipped with a count. A NIfTI read from NIfTI keeps its header (qform/sform codes, units, ...).
/// NRRD and MetaImage have no slope and intercept: a scaled volume is written there as float32, with a notice.
/// Throws Error(ExitCode::output), leaving no file, when a voxel is NaN or infinite or when writing fails.
WriteReport write_volume(const std::filesystem::path& path, const Volume& volume, const WriteOptions& options = {});

/// The ending of a name that says the format, as it is written there (".nii.gz"); empty for any other name.
std::string volume_ending(const std::filesystem::path& path);

/// The format that a file name asks for; throws Error(ExitCode::usage) for a name with no known ending.
FileFormat format_of_name(const std::filesystem::path& path);

}  // namespace voxprior
