#include "io/dicom/write/derived_series.h"

#include <memory>

#include "base/error.h"
#include "io/dicom/dataset.h"
#include "io/dicom/write/check_grid.h"
#include "io/dicom/write/derived_dataset.h"
#include "io/dicom/write/derived_pixels.h"
#include "io/dicom/write/functional_groups.h"
#include "io/dicom/write/instance_bytes.h"
#include "io/dicom/write/pixel_module.h"
#include "io/dicom/write/series_folder.h"
#include "io/dicom/write/series_identity.h"
#include "io/dicom/write/source_files.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

void derive_frames(DcmDataset& dataset, const DerivedSeriesFacts& facts, const SourceReference& source,
                   const DicomSeries& series) {
  take_frames(dataset, source.frames);
  std::vector<SourceReference> by_frame;
  for (const std::int64_t frame : source.frames)
    by_frame.push_back({source.sop_class_uid, source.sop_instance_uid, {frame}});
  mark_frames_derived(dataset, by_frame, SourcePlace::same, facts.derivation, facts.derivation_code);
  set_source_evidence(dataset, series.study_uid, series.series_uid, source);
}

/// One file of the source -> the bytes of one file of the derived series.
std::string derive_file(const SourceFile& source, const DicomSeries& series, const DicomStack& stack,
                        const Volume& result, const SeriesIdentity& identity, const DerivedSeriesFacts& facts,
                        RequantiseCounts& counts) {
  const std::unique_ptr<DcmFileFormat> file = load_dicom(source.file, PixelLoading::load);
  DcmDataset& dataset = *file->getDataset();
  std::vector<PlanePixels> planes;
  for (const std::size_t plane : source.planes) planes.push_back({plane, plane});
  const DerivedPixels pixels = derived_pixels(*file, stack, result, planes);
  counts.add(pixels.counts);

  SourceReference reference{raw_text(dataset, DCM_SOPClassUID), raw_text(dataset, DCM_SOPInstanceUID), {}};
  const bool multiframe = has_functional_groups(dataset);
  if (multiframe) {
    for (const std::size_t plane : source.planes) reference.frames.push_back(stack.frames[plane].frame);
  } else if (source.planes.size() > 1 || stack.frames[source.planes.front()].frame > 0) {
    fail(ExitCode::input, source.file,
         ": has several frames and no functional groups; only Enhanced multi-frame images can be written back");
  }

  edit_derived_dataset(dataset, facts, identity.instance_uid(reference.sop_instance_uid));
  if (multiframe) {
    derive_frames(dataset, facts, reference, series);
  } else {
    mark_image_derived(dataset, {reference}, SourcePlace::same);
  }
  set_pixels(dataset, pixels.coding, pixels.stored);
  return instance_bytes(dataset);
}

}  // namespace

DerivedSeriesReport write_derived_series(const fs::path& out_folder, const DicomSeries& source, std::size_t stack,
                                         const Volume& result, const DerivedSeriesOptions& options) {
  const DicomStack& frames = source.stacks.at(stack);
  check_same_grid(out_folder, result.geometry, frames.geometry);
  check_finite(out_folder, result);
  const SeriesIdentity identity(source, frames, process_name(options), result.voxels);
  const DerivedSeriesFacts facts = derived_series_facts(source, stack, identity.series_uid(), options);

  SeriesFolder folder(out_folder, options.overwrite);
  RequantiseCounts counts;
  for (const SourceFile& file : source_files(frames)) {
    folder.add(derive_file(file, source, frames, result, identity, facts, counts));
  }
  folder.commit();

  return derived_series_report(facts, folder.count(), counts);
}

}  // namespace voxprior
