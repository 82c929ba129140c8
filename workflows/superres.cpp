#include "workflows/superres.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>

#include "base/error.h"
#include "workflows/noise_level.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace {

constexpr double kBytesPerVoxel = 64;      // of the thin volume: what a method holds at most, the thick one's included
constexpr double kGreatestShare = 0.75;    // of the distance between thick slices: beyond it nothing is gained
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

/// What can be said of the slices from the grid alone.
SuperresProblem slices_of(const Geometry& thick, const SuperresChoices& choices, const std::filesystem::path& name) {
  const auto& spacing = thick.spacing_mm;
  const auto axis = static_cast<std::size_t>(std::max_element(spacing.begin(), spacing.end()) - spacing.begin());
  const double thin_mm =
      choices.spacing_mm > 0 ? choices.spacing_mm : std::min(spacing[(axis + 1) % 3], spacing[(axis + 2) % 3]);
  if (thin_mm > kGreatestShare * spacing[axis])
    fail(ExitCode::input, name, ": its slices are ", spacing[axis], " mm apart; thinner ones of ", thin_mm,
         " mm would hold nothing new");
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
          {"thin_mm", problem.thin_spacing_mm}};
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
  problem.voxels = units.to_prior(thick.voxels);
  problem.unit = units.scale();
  problem.sigma = noise_level(thick, {}).sigma;

  Volume thin;
  thin.geometry =
      thin_grid(thick.geometry, static_cast<std::size_t>(problem.axis), problem.thin_count, problem.thin_spacing_mm);
  thin.modality = ct ? Modality::ct : Modality::mr;
  return {std::move(problem), std::move(thin), units, ct};
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
