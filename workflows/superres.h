#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "io/dicom/series.h"
#include "io/volume.h"
#include "workflows/cli/arguments.h"
#include "workflows/cli/progress.h"
#include "workflows/compute/recon_session.h"
#include "workflows/recon_units.h"

namespace voxprior {

constexpr const char* kSuperresMethod = "pnp-hqs";  ///< unless another is named

/// Which thin slices are asked for.
class SuperresChoices {
 public:
  /// Adds --thickness, --spacing and --profile, each described as what it is `where` that must be said.
  void add_to(Arguments& arguments, const std::string& where = "");

  /// Whether any of them is not at its default.
  bool any() const;
  nlohmann::ordered_json settings() const;

  double thickness_mm = 0;  ///< of a thick slice; 0: the distance between slices
  double spacing_mm = 0;    ///< between thin slices; 0: the finer of the other two spacings
  std::string profile;      ///< boxcar or gaussian
};

/// A thick volume made ready for ReconSession::superres, and the volume that is to come out, without its voxels.
struct SuperresSetup {
  SuperresProblem problem;
  Volume thin;
  PriorUnits units;
  bool ct = false;
};

/// The axis with the coarsest spacing is the one across the slices. Throws Error(ExitCode::input) for a volume whose
/// slices are not thick or that is nothing to a prior; `name` is what the message calls it.
SuperresSetup set_up_superres(const Volume& thick, const SuperresChoices& choices, const std::filesystem::path& name);

/// Why volume `stack` of a DICOM series cannot come out as a series with the thin slices that are asked for; empty: it
/// can. Its slices must be the thick ones, and lie so that new ones between them have a place.
std::string reason_against_thin_slices(const DicomSeries& series, std::size_t stack, const SuperresChoices& choices);

/// What the volumes of a reconstruction of `thin` take at most, beside libraries and network.
double superres_bytes(const Geometry& thin);

/// What make_thin() found.
struct ThinVolume {
  Volume volume;                  ///< in the unit of the thick one
  ReconResult result;             ///< its image is in `volume`
  nlohmann::ordered_json slices;  ///< which were divided, and how finely: for the provenance
};

/// Throws as ReconSession::superres does.
ThinVolume make_thin(SuperresSetup setup, const ReconSession& session, ProgressDisplay& progress);

}  // namespace voxprior
