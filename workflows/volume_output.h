#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/volume.h"
#include "workflows/extra_output.h"
#include "workflows/provenance.h"

namespace voxprior {

/// The files that a command leaves: a volume, perhaps others beside it, and last the sidecar with their provenance.
/// All or nothing: what was written is removed again when an error or Ctrl-C comes before finish().
class VolumeOutput {
 public:
  /// Checks, before anything slow begins, that the input is there and that the volume, its sidecar and `extras` (empty
  /// paths are skipped) can be written. Throws Error(ExitCode::input, usage or output).
  VolumeOutput(const std::string& command, const std::filesystem::path& input, const std::filesystem::path& volume,
               const std::vector<std::filesystem::path>& extras, bool overwrite);
  ~VolumeOutput();
  VolumeOutput(const VolumeOutput&) = delete;
  VolumeOutput& operator=(const VolumeOutput&) = delete;

  /// Where commands add what is worth knowing about the result.
  Provenance& provenance() { return provenance_; }

  /// What a user should know: on stderr, and kept as "notices" in the provenance.
  void tell(const std::vector<std::string>& notices);

  /// The main result. Voxels clipped to the stored type are counted in the provenance.
  void write_volume(const Volume& volume);

  /// What was asked for besides.
  ExtraOutput& extras() { return extras_; }

  /// Writes the sidecar, keeps everything, and prints what was clipped and written.
  void finish();

 private:
  Overwrite overwrite_;
  std::filesystem::path volume_path_;
  Provenance provenance_;
  ExtraOutput extras_;
  bool volume_written_ = false;
  std::int64_t clipped_voxels_ = 0;
  bool finished_ = false;
};

}  // namespace voxprior
