#include "workflows/model_grid.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/version.h"
#include "io/itk/regrid.h"
#include "workflows/prepare/common_grid.h"
#include "workflows/prepare/survey.h"

namespace voxprior {

Geometry geometry_of(const SynthFacts& model) {
  Geometry geometry;
  geometry.size = model.size;
  geometry.spacing_mm = model.spacing_mm;
  geometry.lps_from_index = {-1, 0, 0, 0, -1, 0, 0, 0, 1};
  for (int axis = 0; axis < 3; ++axis) {
    const double half_mm = static_cast<double>(model.size[axis] - 1) / 2 * model.spacing_mm[axis];
    geometry.origin_mm[axis] = axis == 2 ? -half_mm : half_mm;
  }
  return geometry;
}

OnModelGrid read_on_model_grid(const std::filesystem::path& path, const SynthFacts& model) {
  PrepareOptions options;
  options.reference = path.string();
  const SurveyedVolume survey = survey_reference(options);
  if (survey.ct != (model.modality == "ct"))
    fail(ExitCode::input, path, ": is ", survey.ct ? "CT" : "no CT", ", the model ", model.name, " is for ",
         model.modality, "; choose another with --model");

  OnModelGrid result;
  const Geometry grid = geometry_of(model);
  result.scan_from_model = unaligned(survey, grid);
  if (is_cut(survey, grid, result.scan_from_model))
    result.notices.push_back("part of the subject lies outside of the model's grid and is cut off");
  Volume scan = read_source(survey.source, options.reading);
  convert_to(survey.judged, survey.ct, scan);
  result.unit = survey.judged;
  result.voxels = regrid(scan, grid, result.scan_from_model, Regridding::bspline, 0);
  return result;
}

Volume model_volume(const SynthFacts& model, std::vector<float> voxels, double scale) {
  Volume volume;
  volume.geometry = geometry_of(model);
  volume.modality = model.modality == "ct" ? Modality::ct : Modality::mr;
  volume.stored.type = VoxelType::int16;
  const IntensityMap hounsfield = ct_intensity_map();
  // Rounded and clipped here, as int16 will be: what is looked at before it is written is what is written.
  for (float& v : voxels) {
    v = volume.modality == Modality::ct ? hounsfield.inverse(v) : static_cast<float>(scale) * std::max(v, 0.f);
    v = std::clamp(std::round(v), -32768.f, 32767.f);
  }
  volume.voxels = std::move(voxels);
  return volume;
}

std::string synthetic_description() { return std::string("SYNTHETIC, voxprior ") + version() + ", research use only"; }

}  // namespace voxprior
