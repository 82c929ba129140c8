#include "workflows/prepare/write_dataset.h"

#include <algorithm>

#include "base/error.h"
#include "base/sha256.h"
#include "base/version.h"
#include "io/itk/regrid.h"
#include "models/training/shard_writer.h"
#include "workflows/prepare/parallel.h"

namespace voxprior {
namespace {

struct Regridded {
  std::vector<float> image, label;
};

/// What lies outside of a volume: air, or, where intensities are left alone, its darkest value.
float outside_value(const PrepareOptions& options, const Volume& volume) {
  if (options.intensity != "none") return 0;
  return *std::min_element(volume.voxels.begin(), volume.voxels.end());
}

Regridded on_grid(const PrepareOptions& options, const SurveyedVolume& survey, const Geometry& grid,
                  const Affine& source_from_dataset) {
  Volume volume = read_source(survey.source, options.reading);
  if (sha256_of_file(survey.source.file) != survey.sha256)
    fail(ExitCode::input, survey.source.file, ": was changed while it was being prepared; start again");
  convert_to(survey.unit, survey.ct, volume);
  const Regridding how = options.interpolation == "linear" ? Regridding::linear : Regridding::bspline;
  Regridded result;
  result.image = regrid(volume, grid, source_from_dataset, how, outside_value(options, volume));
  if (!survey.source.label.empty()) {
    const Volume label = read_source_label(survey.source, volume.geometry, options.reading);
    result.label = regrid(label, grid, source_from_dataset, Regridding::nearest, 0);
  }
  return result;
}

DatasetIndex index_of(const PrepareOptions& options, const Survey& survey, const Geometry& grid) {
  DatasetIndex index;
  index.program_version = version();
  index.grid = {grid.size, grid.spacing_mm, grid.origin_mm, grid.lps_from_index};
  const bool ct = survey.volumes.front().ct;
  index.intensity = options.intensity == "none" ? "source" : ct ? "ct-hu/1000" : "mr-p99.5";
  index.voxel_type = options.voxel_type == "float32" ? "F32" : "F16";
  index.seed = options.seed;
  index.classes = survey.classes;
  index.made_with = {{"align", options.align}, {"interpolation", options.interpolation}, {"orientation", "RAS"}};
  if (options.align != "none") {
    index.made_with["similarity"] = options.similarity;
    index.made_with["reference"] = options.reference == "mean" ? "mean" : "sha256 " + sha256_of_file(options.reference);
  }
  return index;
}

DatasetVolume record_of(const SurveyedVolume& volume, Split split, const Affine& source_from_dataset) {
  DatasetVolume record;
  record.split = split;
  record.class_index = volume.source.class_index;
  record.labelled = !volume.source.label.empty();
  record.source_sha256 = volume.sha256;
  record.source_from_dataset = source_from_dataset;
  record.intensity_offset = volume.unit.offset;
  record.intensity_scale = volume.unit.scale;
  record.histogram_distance = volume.histogram_distance;
  return record;
}

}  // namespace

void write_dataset(const std::filesystem::path& folder, const PrepareOptions& options, const Survey& survey,
                   const DatasetPlan& plan, ProgressDisplay& progress) {
  progress.stage("writing shards");
  ShardWriter writer(folder, index_of(options, survey, plan.grid), options.shard_bytes);
  const std::size_t count = survey.volumes.size();
  const auto at_once = static_cast<std::size_t>(options.threads);
  for (std::size_t first = 0; first < count; first += at_once) {
    std::vector<Regridded> volumes(std::min(at_once, count - first));
    const auto report = [&](std::size_t done) {
      progress.update(static_cast<double>(first + done) / static_cast<double>(count));
    };
    for_each_volume(volumes.size(), options.threads, report, [&](std::size_t n) {
      volumes[n] = on_grid(options, survey.volumes[first + n], plan.grid, plan.source_from_dataset[first + n]);
    });
    for (std::size_t n = 0; n < volumes.size(); ++n) {
      const std::size_t number = first + n;
      writer.add(record_of(survey.volumes[number], plan.splits[number], plan.source_from_dataset[number]),
                 volumes[n].image, volumes[n].label);
    }
  }
  writer.finish();
}

}  // namespace voxprior
