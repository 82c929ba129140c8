#pragma once

#include <filesystem>
#include <string>

#include "io/volume_file.h"
#include "workflows/cli/arguments.h"

namespace voxprior {

/// The options of `convert` for writing DICOM: --like, --like-series, --like-volume, --modality, --keep-private.
class ToDicomChoices {
 public:
  void add_to(Arguments& arguments);
  bool any() const { return !like.empty() || modality != "auto" || needs_like(); }
  bool needs_like() const { return !like_series.empty() || like_volume >= 0 || keep_private; }

  std::string like;            ///< DICOM folder, file or DICOMDIR that the voxels come from; empty: a new study
  std::string like_series;     ///< which series of it
  long long like_volume = -1;  ///< which volume of that
  std::string modality = "auto";
  bool keep_private = false;
};

/// Writes a volume file as a DICOM series: derived from the series that --like names, whose grid it must lie on, or a
/// new research study of its own. Sidecar beside the folder. Throws Error.
void convert_to_dicom(const std::filesystem::path& input, const std::filesystem::path& out_folder,
                      const ReadOptions& reading, const ToDicomChoices& choices, Overwrite overwrite);

}  // namespace voxprior
