#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "io/dicom/write/derived_series.h"
#include "io/volume.h"
#include "workflows/compute/recon_session.h"
#include "workflows/provenance.h"
#include "workflows/recon_choices.h"
#include "workflows/written_files.h"

namespace voxprior {

/// The volume of a DICOM series that an image was made of.
struct DicomOrigin {
  std::filesystem::path input;  ///< the folder or file that was named
  const DicomSeries& series;
  std::size_t stack = 0;
  std::string name;  ///< before what is told of it; empty: it is the only one
};

/// The files that a reconstruction leaves: a volume or a folder of DICOM files, what was asked for besides, and the
/// sidecar. All or nothing.
class ReconOutput {
 public:
  /// Checks, before anything slow begins, that the inputs (role and path; empty paths are skipped) are there and that
  /// everything can be written.
  ReconOutput(const std::string& command, const std::vector<std::pair<std::string, std::filesystem::path>>& inputs,
              const std::string& output, const ReconChoices& choices);

  /// The same for an image made of a DICOM series: in a folder it becomes a derived series of the study. `origin` must
  /// outlive this object.
  ReconOutput(const std::string& command, const DicomOrigin& origin, const std::string& output,
              const ReconChoices& choices);

  Provenance& provenance() { return provenance_; }
  /// On stderr, and kept as "notices" in the provenance.
  void tell(const std::vector<std::string>& notices);

  /// Writes it all and prints what was found. `session` is what computed; `image` holds the voxels as they go out.
  /// `deviation` (empty if there is none) is in their unit.
  void write(const Volume& image, const std::vector<float>& deviation, const ReconResult& result,
             const ReconSession& session, const ReconSettings& settings);

 private:
  ReconOutput(const std::string& command, const std::string& output, const ReconChoices& choices);
  void check(const std::vector<std::filesystem::path>& inputs) const;
  void write_extras(const Volume& image, const std::vector<float>& deviation, const ReconResult& result);
  void write_image(const Volume& image, const ReconSession& session);
  DerivedSeriesReport write_series(const Volume& image, const ReconSession& session);

  Overwrite overwrite_;
  std::string output_;
  bool dicom_;
  const ReconChoices& choices_;
  const DicomOrigin* origin_ = nullptr;
  Provenance provenance_;
  WrittenFiles written_;
};

/// Throws Error(ExitCode::input) when the session's model was trained on another modality than the data are of, unless
/// `force`.
void refuse_other_prior(const ReconSession& session, bool ct, const std::filesystem::path& data, bool force);

/// Refuses what will not fit, with what it takes, and tells the user: `arrays_bytes` beside the libraries.
void note_memory(double arrays_bytes, const ReconSettings& settings, const std::filesystem::path& data,
                 ProgressDisplay& progress);

/// "iterations on the data" and "model ... on cpu": what will compute.
void note_session(const ReconSession& session, const ReconSettings& settings, ProgressDisplay& progress);

/// What a provenance says of a reconstruction: method, figures, time and model.
nlohmann::ordered_json record_of(const ReconResult& result, const ReconSession& session, const ReconSettings& settings);

}  // namespace voxprior
