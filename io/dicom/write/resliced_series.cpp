#include "io/dicom/write/resliced_series.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "base/error.h"
#include "io/dicom/dataset.h"
#include "io/dicom/write/check_grid.h"
#include "io/dicom/write/decimal_string.h"
#include "io/dicom/write/derived_dataset.h"
#include "io/dicom/write/derived_pixels.h"
#include "io/dicom/write/functional_groups.h"
#include "io/dicom/write/instance_bytes.h"
#include "io/dicom/write/new_slices.h"
#include "io/dicom/write/pixel_module.h"
#include "io/dicom/write/series_folder.h"
#include "io/dicom/write/series_identity.h"
#include "io/dicom/write/slice_place.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

bool in_one_file(const DicomStack& stack) {
  return std::all_of(stack.frames.begin(), stack.frames.end(),
                     [&](const DicomFrame& frame) { return frame.file == stack.frames.front().file; });
}

bool is_multiframe(const DicomSeries& source) {
  return source.sop_class_uid != UID_CTImageStorage && source.sop_class_uid != UID_MRImageStorage;
}

/// A series in the making.
struct Reslicing {
  const DicomSeries& source;
  const DicomStack& stack;
  const Volume& result;
  const std::vector<NewSlice> slices;
  const SlicePlaces places;
  const SeriesIdentity identity;
  const DerivedSeriesFacts facts;
};

Reslicing prepare(const DicomSeries& source, std::size_t stack_number, const Volume& result,
                  const DerivedSeriesOptions& options) {
  const DicomStack& stack = source.stacks.at(stack_number);
  DerivedSeriesOptions resliced = options;
  resliced.by = DerivedBy::reslicing;
  resliced.keep_private = false;
  std::vector<NewSlice> slices = new_slices(result.geometry, stack);
  const SlicePlaces places(stack, result.geometry.spacing_mm[2], slices.size());
  const std::string process = process_name(resliced) + "\n" + decimal_strings(slices.front().position_mm) + "\n" +
                              decimal_string(result.geometry.spacing_mm[2]);
  const SeriesIdentity identity(source, stack, process, result.voxels);
  return {source,
          stack,
          result,
          slices,
          places,
          identity,
          derived_series_facts(source, stack_number, identity.series_uid(), resliced)};
}

/// The source planes that a slice was made of.
std::vector<SourceReference> sources_of(const Reslicing& work, const NewSlice& slice) {
  std::vector<SourceReference> sources;
  for (const std::size_t plane : slice.made_of)
    sources.push_back({work.source.sop_class_uid, work.stack.frames[plane].sop_instance_uid, {}});
  return sources;
}

std::string slice_image(const Reslicing& work, std::size_t index, RequantiseCounts& counts) {
  const NewSlice& slice = work.slices[index];
  const std::unique_ptr<DcmFileFormat> file = load_dicom(work.stack.frames[slice.nearest].file, PixelLoading::load);
  DcmDataset& dataset = *file->getDataset();
  const DerivedPixels pixels = derived_pixels(*file, work.stack, work.result, {{index, slice.nearest}});
  counts.add(pixels.counts);
  edit_derived_dataset(dataset, work.facts, work.identity.instance_uid("slice " + std::to_string(index)));
  work.places.place_image(dataset, slice, index);
  mark_image_derived(dataset, sources_of(work, slice), SourcePlace::other);
  set_pixels(dataset, pixels.coding, pixels.stored);
  return instance_bytes(dataset);
}

/// The numbers of the new slices in the direction in which the frames of the source follow each other.
std::vector<std::size_t> in_order_of_frames(const Reslicing& work) {
  std::vector<std::size_t> order(work.slices.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (work.stack.frames.back().frame < work.stack.frames.front().frame) std::reverse(order.begin(), order.end());
  return order;
}

/// The frames that a slice was made of.
std::vector<std::int64_t> frames_of(const Reslicing& work, const NewSlice& slice) {
  std::vector<std::int64_t> frames;
  for (const std::size_t plane : slice.made_of) frames.push_back(work.stack.frames[plane].frame);
  std::sort(frames.begin(), frames.end());
  return frames;
}

/// All slices as frames of one image.
std::string multiframe_image(const Reslicing& work, RequantiseCounts& counts) {
  const fs::path& source_file = work.stack.frames.front().file;
  const std::unique_ptr<DcmFileFormat> file = load_dicom(source_file, PixelLoading::load);
  DcmDataset& dataset = *file->getDataset();
  if (!has_functional_groups(dataset)) {
    fail(ExitCode::input, source_file, ": has several frames and no functional groups; make a NIfTI file of it first");
  }
  std::vector<PlanePixels> planes;
  std::vector<NewSlice> slices;
  std::vector<std::int64_t> nearest;
  std::vector<SourceReference> sources;
  const SourceReference whole{raw_text(dataset, DCM_SOPClassUID), raw_text(dataset, DCM_SOPInstanceUID), {}};
  for (const std::size_t index : in_order_of_frames(work)) {
    const NewSlice& slice = work.slices[index];
    planes.push_back({index, slice.nearest});
    slices.push_back(slice);
    nearest.push_back(work.stack.frames[slice.nearest].frame);
    sources.push_back({whole.sop_class_uid, whole.sop_instance_uid, frames_of(work, slice)});
  }
  const DerivedPixels pixels = derived_pixels(*file, work.stack, work.result, planes);
  counts.add(pixels.counts);
  edit_derived_dataset(dataset, work.facts, work.identity.instance_uid(whole.sop_instance_uid));
  take_frames(dataset, nearest);
  work.places.place_frames(dataset, slices);
  mark_frames_derived(dataset, sources, SourcePlace::other, work.facts.derivation, work.facts.derivation_code);
  set_source_evidence(dataset, work.source.study_uid, work.source.series_uid, whole);
  set_pixels(dataset, pixels.coding, pixels.stored);
  return instance_bytes(dataset);
}

}  // namespace

std::string reason_against_reslicing(const DicomSeries& source, std::size_t stack_number) {
  const DicomStack& stack = source.stacks.at(stack_number);
  if (!stack.gaps_mm.empty()) return "its slices are not equally spaced, so that new ones would lie in false places";
  if (stack.sheared) {
    return "its slices are tilted against the axis through them (gantry tilt); bring them upright first, with "
           "voxprior convert --resample";
  }
  if (is_multiframe(source) && !in_one_file(stack)) {
    return "its slices are frames of several Enhanced images, of which no series with other slices is made; make a "
           "NIfTI file of it first, with voxprior convert";
  }
  return "";
}

DerivedSeriesReport write_resliced_series(const fs::path& out_folder, const DicomSeries& source, std::size_t stack,
                                          const Volume& result, const DerivedSeriesOptions& options) {
  const std::string reason = reason_against_reslicing(source, stack);
  if (!reason.empty()) fail(ExitCode::input, out_folder, ": cannot be made of this series: ", reason);
  check_other_slices(out_folder, result.geometry, source.stacks[stack].geometry);
  check_finite(out_folder, result);
  const Reslicing work = prepare(source, stack, result, options);

  SeriesFolder folder(out_folder, options.overwrite);
  RequantiseCounts counts;
  if (is_multiframe(source)) {
    folder.add(multiframe_image(work, counts));
  } else {
    for (std::size_t index = 0; index < work.slices.size(); ++index) folder.add(slice_image(work, index, counts));
  }
  folder.commit();
  return derived_series_report(work.facts, folder.count(), counts);
}

}  // namespace voxprior
