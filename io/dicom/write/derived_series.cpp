#include "io/dicom/write/derived_series.h"

#include <cmath>
#include <memory>

#include "base/error.h"
#include "base/version.h"
#include "io/dicom/dataset.h"
#include "io/dicom/pixels/frame_pixels.h"
#include "io/dicom/write/check_grid.h"
#include "io/dicom/write/derived_dataset.h"
#include "io/dicom/write/functional_groups.h"
#include "io/dicom/write/instance_bytes.h"
#include "io/dicom/write/pixel_module.h"
#include "io/dicom/write/requantise.h"
#include "io/dicom/write/series_folder.h"
#include "io/dicom/write/series_identity.h"
#include "io/dicom/write/source_files.h"
#include "io/dicom/write/stale_attributes.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

void check_finite(const fs::path& out_folder, const Volume& volume) {
  for (const float value : volume.voxels) {
    if (!std::isfinite(value)) {
      fail(ExitCode::output, out_folder, ": a voxel is NaN or infinite, which DICOM pixels cannot hold; not written");
    }
  }
}

std::string process_name(const DerivedSeriesOptions& options) {
  return std::string(version()) + "\n" + options.model_sha256 + "\n" + options.parameters +
         (options.keep_private ? "\nprivate kept" : "");
}

DerivedSeriesFacts facts_of(const DicomSeries& source, std::size_t stack, const SeriesIdentity& identity,
                            const DerivedSeriesOptions& options) {
  DerivedSeriesFacts facts;
  facts.series_uid = identity.series_uid();
  facts.series_number = derived_series_number(source.number, stack);
  facts.derivation = derivation_text(options);
  facts.derivation_code = derivation_code(options.by);
  facts.equipment = {options.model_name, options.model_sha256, version(), false};
  facts.created = options.created;
  facts.keep_private = options.keep_private;
  const std::string process = options.by == DerivedBy::denoising ? "denoised" : "processed";
  const std::string& label = source.stacks[stack].label;
  facts.process = label.empty() ? process : process + " " + label;
  return facts;
}

/// JPEG Baseline and Extended always lose information; near-lossless JPEG-LS and JPEG 2000 may, and count as if they
/// did.
bool is_lossy(E_TransferSyntax syntax) {
  return syntax == EXS_JPEGProcess1 || syntax == EXS_JPEGProcess2_4 || syntax == EXS_JPEGLSLossy ||
         syntax == EXS_JPEG2000;
}

/// The pixels of all planes of one file: the source's, with the result put in their place.
struct NewPixels {
  PixelCoding coding;
  std::vector<std::int32_t> stored;
  RequantiseCounts counts;
};

NewPixels new_pixels(DcmFileFormat& file, const SourceFile& source, const DicomStack& stack, const Volume& result) {
  NewPixels pixels;
  const std::int64_t plane_size = result.geometry.size[0] * result.geometry.size[1];
  for (const std::size_t plane : source.planes) {
    const DicomFrame& frame = stack.frames[plane];
    FramePixels decoded = decode_frame(file, frame.frame, source.file);
    if (decoded.columns * decoded.rows != plane_size) {
      fail(ExitCode::input, source.file, ": its size has changed since it was read; try again");
    }
    pixels.coding = pixel_coding(*file.getDataset(), decoded.bits_stored, decoded.is_signed);
    pixels.coding.slope = frame.rescale_slope;
    pixels.coding.intercept = frame.rescale_intercept;
    const RequantiseCounts counts =
        requantise(pixels.coding, result.voxels.data() + static_cast<std::int64_t>(plane) * plane_size, decoded.stored);
    pixels.counts.saturated += counts.saturated;
    pixels.counts.kept_padding += counts.kept_padding;
    pixels.stored.insert(pixels.stored.end(), decoded.stored.begin(), decoded.stored.end());
  }
  return pixels;
}

void derive_frames(DcmDataset& dataset, const DerivedSeriesFacts& facts, const SourceReference& source,
                   const DicomSeries& series) {
  keep_frames(dataset, source.frames);
  mark_frames_derived(dataset, source, facts.derivation, facts.derivation_code);
  set_source_evidence(dataset, series.study_uid, series.series_uid, source);
  set_derived_type(dataset, DCM_ImageType, "PRIMARY", "VOLUME");
  remove_acquisition_attributes(dataset);
  remove(dataset, DCM_SourceImageSequence);
}

/// One file of the source -> the bytes of one file of the derived series.
std::string derive_file(const SourceFile& source, const DicomSeries& series, const DicomStack& stack,
                        const Volume& result, const SeriesIdentity& identity, const DerivedSeriesFacts& facts,
                        RequantiseCounts& counts) {
  const std::unique_ptr<DcmFileFormat> file = load_dicom(source.file, PixelLoading::load);
  DcmDataset& dataset = *file->getDataset();
  const NewPixels pixels = new_pixels(*file, source, stack, result);
  counts.saturated += pixels.counts.saturated;
  counts.kept_padding += pixels.counts.kept_padding;

  SourceReference reference{raw_text(dataset, DCM_SOPClassUID), raw_text(dataset, DCM_SOPInstanceUID), {}};
  const bool multiframe = has_functional_groups(dataset);
  if (multiframe) {
    for (const std::size_t plane : source.planes) reference.frames.push_back(stack.frames[plane].frame);
  } else if (source.planes.size() > 1 || stack.frames[source.planes.front()].frame > 0) {
    fail(ExitCode::input, source.file,
         ": has several frames and no functional groups; only Enhanced multi-frame images can be written back");
  }

  const bool lossy = is_lossy(dataset.getOriginalXfer());
  edit_derived_dataset(dataset, facts, identity.instance_uid(reference.sop_instance_uid), lossy);
  if (multiframe) {
    derive_frames(dataset, facts, reference, series);
  } else {
    set_derived_type(dataset, DCM_ImageType, "SECONDARY", series.modality == "CT" ? "AXIAL" : "OTHER");
    set_source_image(dataset, reference);
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
  const DerivedSeriesFacts facts = facts_of(source, stack, identity, options);

  SeriesFolder folder(out_folder, options.overwrite);
  RequantiseCounts counts;
  for (const SourceFile& file : source_files(frames)) {
    folder.add(derive_file(file, source, frames, result, identity, facts, counts));
  }
  folder.commit();

  DerivedSeriesReport report{facts.series_uid, static_cast<std::int64_t>(folder.count()), counts.saturated, {}};
  if (counts.kept_padding > 0) {
    report.notices.push_back(std::to_string(counts.kept_padding) + " padding pixels kept as they were");
  }
  return report;
}

}  // namespace voxprior
