#include "io/dicom/write/research_series.h"

#include <algorithm>

#include "base/error.h"
#include "base/sha256.h"
#include "base/version.h"
#include "io/dicom/write/check_grid.h"
#include "io/dicom/write/instance_bytes.h"
#include "io/dicom/write/pixel_module.h"
#include "io/dicom/write/research_coding.h"
#include "io/dicom/write/research_dataset.h"
#include "io/dicom/write/series_folder.h"

namespace voxprior {
namespace {

constexpr std::int64_t kMostPixelsASide = 65535;  // Rows and Columns are US

ResearchIdentity identity_of(const Volume& volume, const ResearchSeriesOptions& options) {
  Sha256 hash;
  const auto add = [&](const auto& values) { hash.update(values.data(), values.size() * sizeof(values[0])); };
  const std::string process = std::string(version()) + "\n" + (options.modality == Modality::ct ? "ct\n" : "mr\n") +
                              (options.synthetic ? "synthetic\n" : "") + options.model_sha256 + "\n" +
                              options.parameters;
  add(process);
  add(volume.voxels);
  add(volume.geometry.size);
  add(volume.geometry.spacing_mm);
  add(volume.geometry.origin_mm);
  add(volume.geometry.lps_from_index);
  return {hash.hex()};
}

void check(const std::filesystem::path& folder, const Volume& volume) {
  if (std::max(volume.geometry.size[0], volume.geometry.size[1]) > kMostPixelsASide) {
    fail(ExitCode::output, folder, ": a DICOM image has at most 65535 pixels a side; crop the volume");
  }
  check_finite(folder, volume);
}

}  // namespace

DerivedSeriesReport write_research_series(const std::filesystem::path& out_folder, const Volume& volume,
                                          const ResearchSeriesOptions& options) {
  check(out_folder, volume);
  const ResearchIdentity identity = identity_of(volume, options);
  const PixelCoding coding = research_coding(volume.voxels);
  const std::int64_t plane_size = volume.geometry.size[0] * volume.geometry.size[1];

  SeriesFolder folder(out_folder, options.overwrite);
  DerivedSeriesReport report;
  report.series_uid = identity.uid("series");
  for (std::int64_t slice = 0; slice < volume.geometry.size[2]; ++slice) {
    DcmDataset dataset;
    fill_research_dataset(dataset, volume.geometry, slice, coding, identity, options);
    std::vector<std::int32_t> stored(static_cast<std::size_t>(plane_size), 0);
    report.saturated_voxels += requantise(coding, volume.voxels.data() + slice * plane_size, stored).saturated;
    set_pixels(dataset, coding, stored);
    folder.add(instance_bytes(dataset));
  }
  folder.commit();
  report.files = volume.geometry.size[2];
  if (coding.slope != 1) report.notices.push_back("voxels are no whole numbers: stored in 16 bits with a slope");
  return report;
}

}  // namespace voxprior
