#include "workflows/superres.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <sstream>

#include "base/error.h"
#include "io/dicom/write/resliced_series.h"
#include "workflows/noise_level.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace {

constexpr double kBytesPerVoxel = 64;      // of the thin volume: what a method holds at most, the thick one's included
constexpr double kGreatestShare = 0.75;    // of the distance between thick slices: beyond it nothing is gained
constexpr float kLeastHounsfield = -1024;  // what scanners write for air at its darkest
constexpr const char* kBoxcar = "boxcar";  // the first of its choices is the default

/// The thin grid: as many slices as fill the extent of the thick ones, about the same centre.
Geometry thin_grid(const Geometry& thick, std::size_t axis, std::int64_t count, double spacing_mm) {
  Geometry thin = thick;
  thin.size[axis] = count;
  thin.spacing_mm[axis] = spacing_mm;
  const double shift = 0.5 * (static_cast<double>(thick.size[axis] - 1) * thick.spacing_mm[axis] -
                              static_cast<double>(count - 1) * spacing_mm);
  for (std::size_t row = 0; row < 3; ++row) thin.origin_mm[row] += shift * thick.lps_from_index[3 * row + axis];
  return thin;
}

/// Outside their field of view scanners write values below all that tissue or air has (-2000, -3024): a step that no
/// prior has seen, at which it draws combs into the tissue beside it. To the prior it is air.
Volume with_air_outside(Volume ct) {
  for (float& value : ct.voxels) value = std::max(value, kLeastHounsfield);
  return ct;
}

/// Of axes that are alike, the third, which is the one across the slices of a scanner.
std::size_t coarsest_axis(const Geometry& grid) {
  constexpr double kAlike = 1.01;
  const auto& spacing = grid.spacing_mm;
  const auto coarsest = std::max_element(spacing.begin(), spacing.end());
  return *coarsest <= kAlike * spacing[2] ? 2 : static_cast<std::size_t>(coarsest - spacing.begin());
}

double thin_spacing(const Geometry& thick, const SuperresChoices& choices) {
  const std::size_t axis = coarsest_axis(thick);
  if (choices.spacing_mm > 0) return choices.spacing_mm;
  return std::min(thick.spacing_mm[(axis + 1) % 3], thick.spacing_mm[(axis + 2) % 3]);
}

/// Why the slices are not thick enough to be divided; empty: they are.
std::string reason_against_dividing(const Geometry& thick, const SuperresChoices& choices) {
  const double thick_mm = thick.spacing_mm[coarsest_axis(thick)], thin_mm = thin_spacing(thick, choices);
  if (thin_mm <= kGreatestShare * thick_mm) return "";
  std::ostringstream text;
  text << "its slices are " << thick_mm << " mm apart; thinner ones of " << thin_mm << " mm would hold nothing new";
  return text.str();
}

/// What can be said of the slices from the grid alone.
SuperresProblem slices_of(const Geometry& thick, const SuperresChoices& choices, const std::filesystem::path& name) {
  const std::string reason = reason_against_dividing(thick, choices);
  if (!reason.empty()) fail(ExitCode::input, name, ": ", reason);
  const auto& spacing = thick.spacing_mm;
  const std::size_t axis = coarsest_axis(thick);
  const double thin_mm = thin_spacing(thick, choices);
  SuperresProblem problem;
  problem.size_ijk = thick.size;
  problem.axis = static_cast<int>(axis);
  problem.thick_spacing_mm = spacing[axis];
  problem.thickness_mm = choices.thickness_mm > 0 ? choices.thickness_mm : spacing[axis];
  problem.thin_count =
      std::max<std::int64_t>(2, std::llround(static_cast<double>(thick.size[axis]) * spacing[axis] / thin_mm));
  problem.thin_spacing_mm = thin_mm;
  problem.profile = choices.profile;
  return problem;
}

nlohmann::ordered_json record_of(const SuperresProblem& problem) {
  return {{"axis", std::string(1, "ijk"[problem.axis])},
          {"thick_mm", problem.thick_spacing_mm},
          {"thin_mm", problem.thin_spacing_mm},
          {"thickness_mm", problem.thickness_mm},
          {"profile", problem.profile}};
}

}  // namespace

void SuperresChoices::add_to(Arguments& arguments, const std::string& where) {
  arguments
      .option("thickness", positive(&thickness_mm, "--thickness")->value_name("MM"),
              where + "thickness of a slice; default: the distance between slices")
      .option("spacing", positive(&spacing_mm, "--spacing")->value_name("MM"),
              where + "distance between the thin slices; default: the finer of the other two spacings")
      .option(
          "profile", choice(&profile, "--profile", {kBoxcar, "gaussian"}),
          where + "how a thick slice weighs what it holds; gaussian: the thickness is its full width at half maximum");
}

bool SuperresChoices::any() const { return thickness_mm > 0 || spacing_mm > 0 || profile != kBoxcar; }

nlohmann::ordered_json SuperresChoices::settings() const {
  return {{"thickness", thickness_mm}, {"spacing", spacing_mm}, {"profile", profile}};
}

SuperresSetup set_up_superres(const Volume& thick, const SuperresChoices& choices, const std::filesystem::path& name) {
  SuperresProblem problem = slices_of(thick.geometry, choices, name);
  const bool ct = is_ct(thick);
  const PriorUnits units(thick, ct, name);
  problem.voxels = units.to_prior(ct ? with_air_outside(thick).voxels : thick.voxels);
  problem.unit = units.scale();
  problem.sigma = noise_level(thick, {}).sigma;

  Volume thin;
  thin.geometry =
      thin_grid(thick.geometry, static_cast<std::size_t>(problem.axis), problem.thin_count, problem.thin_spacing_mm);
  thin.modality = ct ? Modality::ct : Modality::mr;
  return {std::move(problem), std::move(thin), units, ct};
}

std::string reason_against_thin_slices(const DicomSeries& series, std::size_t stack, const SuperresChoices& choices) {
  const std::string reason = reason_against_reslicing(series, stack);
  if (!reason.empty()) return reason;
  const Geometry& grid = series.stacks[stack].geometry;
  if (coarsest_axis(grid) != 2) {
    return "its slices are closer to each other than its pixels: there are no thick ones";
  }
  return reason_against_dividing(grid, choices);
}

double superres_bytes(const Geometry& thin) { return kBytesPerVoxel * static_cast<double>(thin.voxel_count()); }

ThinVolume make_thin(SuperresSetup setup, const ReconSession& session, ProgressDisplay& progress) {
  ThinVolume made;
  made.slices = record_of(setup.problem);
  made.volume = std::move(setup.thin);
  made.result = session.superres(std::move(setup.problem), progress);
  made.volume.voxels = setup.units.from_prior(std::move(made.result.image));
  return made;
}

}  // namespace voxprior
