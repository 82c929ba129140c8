#include "io/dicom/read_volume.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "io/dicom/dataset.h"
#include "io/dicom/pixels/frame_pixels.h"
#include "io/dicom/pixels/native_pixels.h"
#include "io/dicom/slice_values.h"
#include "io/grid.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

/// The planes of a volume that lie in one file.
struct FilePlanes {
  fs::path file;
  std::vector<std::size_t> planes;  ///< indices into the frames of the stack
};

struct FileOutcome {
  SliceCounts counts;
  int bits_stored = 0;
  bool is_signed = false;
  bool monochrome1 = false;
  std::exception_ptr error;
};

std::vector<FilePlanes> planes_by_file(const DicomStack& stack) {
  std::map<fs::path, std::size_t> known;
  std::vector<FilePlanes> files;
  for (std::size_t k = 0; k < stack.frames.size(); ++k) {
    const fs::path& file = stack.frames[k].file;
    const auto [place, is_new] = known.try_emplace(file, files.size());
    if (is_new) files.push_back({file, {}});
    files[place->second].planes.push_back(k);
  }
  return files;
}

void check_is_same_image(const fs::path& file, std::int64_t columns, std::int64_t rows, const Geometry& grid) {
  if (columns != grid.size[0] || rows != grid.size[1])
    fail(ExitCode::input, file, ": is not the image that was found here before; start again");
}

void read_native_file(const FilePlanes& file, const NativePixels& pixels, const DicomStack& stack, float* voxels,
                      FileOutcome& outcome) {
  check_is_same_image(file.file, pixels.columns, pixels.rows, stack.geometry);
  NativeFrames frames(file.file, pixels);
  for (const std::size_t k : file.planes) {
    const DicomFrame& frame = stack.frames[k];
    float* plane = voxels + k * pixels.pixels();
    frames.read(frame.frame, [&](std::size_t first, const std::int32_t* stored, std::size_t count) {
      convert_values(stored, count, pixels.cell.bits_stored, pixels.cell.is_signed, pixels.meaning, frame,
                     plane + first, outcome.counts);
    });
  }
  outcome.bits_stored = pixels.cell.bits_stored;
  outcome.is_signed = pixels.cell.is_signed;
  outcome.monochrome1 = pixels.meaning.monochrome1;
}

void decode_file(const FilePlanes& file, const DicomStack& stack, const DicomLimits& limits, float* voxels,
                 FileOutcome& outcome) {
  const std::unique_ptr<DcmFileFormat> loaded = load_dicom(file.file, PixelLoading::load, limits);
  for (const std::size_t k : file.planes) {
    const DicomFrame& frame = stack.frames[k];
    const FramePixels pixels = decode_frame(*loaded, frame.frame, file.file);
    check_is_same_image(file.file, pixels.columns, pixels.rows, stack.geometry);
    const PixelMeaning meaning = pixel_meaning(*loaded->getDataset(), pixels.is_signed);
    convert_values(pixels.stored.data(), pixels.stored.size(), pixels.bits_stored, pixels.is_signed, meaning, frame,
                   voxels + k * pixels.stored.size(), outcome.counts);
    outcome.bits_stored = pixels.bits_stored;
    outcome.is_signed = pixels.is_signed;
    outcome.monochrome1 = meaning.monochrome1;
  }
}

FileOutcome read_file(const FilePlanes& file, const DicomStack& stack, const DicomLimits& limits, float* voxels) {
  FileOutcome outcome;
  try {
    const NativePixels* native = stack.frames[file.planes.front()].native.get();
    if (native != nullptr) {
      read_native_file(file, *native, stack, voxels, outcome);
    } else {
      decode_file(file, stack, limits, voxels, outcome);
    }
  } catch (...) {
    outcome.error = std::current_exception();
  }
  return outcome;
}

/// Makes `voxels` long enough for the planes of the files [begin, end). It has the capacity for all planes.
void grow_to(const std::vector<FilePlanes>& files, std::size_t begin, std::size_t end, std::size_t plane_voxels,
             std::vector<float>& voxels) {
  std::size_t planes = voxels.size() / plane_voxels;
  for (std::size_t n = begin; n < end; ++n)
    planes = std::max(planes, *std::max_element(files[n].planes.begin(), files[n].planes.end()) + 1);
  voxels.resize(planes * plane_voxels);
}

/// Some files at a time: voxels that std::vector has just set to zero are still in the cache when they get their
/// values.
std::vector<FileOutcome> read_all(const DicomStack& stack, const DicomReadOptions& options,
                                  std::vector<float>& voxels) {
  constexpr std::size_t kFilesPerThread = 4;
  const std::vector<FilePlanes> files = planes_by_file(stack);
  const auto plane_voxels = static_cast<std::size_t>(stack.geometry.size[0] * stack.geometry.size[1]);
  const std::size_t at_a_time = kFilesPerThread * static_cast<std::size_t>(thread_count(options.threads));
  std::vector<FileOutcome> outcomes(files.size());
  for (std::size_t first = 0; first < files.size(); first += at_a_time) {
    const std::size_t count = std::min(at_a_time, files.size() - first);
    grow_to(files, first, first + count, plane_voxels, voxels);
    for_slabs(count, 1, options.threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t n = first + begin; n < first + end; ++n)
        outcomes[n] = read_file(files[n], stack, options.limits, voxels.data());
    });
  }
  for (const FileOutcome& outcome : outcomes) {
    if (outcome.error) std::rethrow_exception(outcome.error);
  }
  return outcomes;
}

VoxelType type_for(int bits_stored, bool is_signed) {
  if (bits_stored <= 8) return is_signed ? VoxelType::int8 : VoxelType::uint8;
  if (bits_stored <= 16) return is_signed ? VoxelType::int16 : VoxelType::uint16;
  return is_signed ? VoxelType::int32 : VoxelType::uint32;
}

/// The type and scale that all slices share; float32 where they share none.
StoredForm stored_form(const DicomStack& stack, const std::vector<FileOutcome>& outcomes) {
  StoredForm stored;
  const DicomFrame& first = stack.frames.front();
  const bool one_scale = std::all_of(stack.frames.begin(), stack.frames.end(), [&](const DicomFrame& frame) {
    return frame.rescale_slope == first.rescale_slope && frame.rescale_intercept == first.rescale_intercept;
  });
  const bool one_sign = std::all_of(outcomes.begin(), outcomes.end(), [&](const FileOutcome& outcome) {
    return outcome.is_signed == outcomes.front().is_signed;
  });
  if (!one_scale || !one_sign) return stored;
  int bits = 0;
  for (const FileOutcome& outcome : outcomes) bits = std::max(bits, outcome.bits_stored);
  stored.type = type_for(bits, outcomes.front().is_signed);
  stored.slope = first.rescale_slope;
  stored.intercept = first.rescale_intercept;
  return stored;
}

std::string gap_notice(const DicomStack& stack) {
  std::ostringstream text;
  text << "planes are not equally spaced but treated as if they were " << stack.geometry.spacing_mm[2]
       << " mm apart; their distances in mm:";
  for (const double mm : stack.gaps_mm) text << ' ' << std::round(mm * 1e3) / 1e3;
  return text.str();
}

void tell(const DicomStack& stack, const std::vector<FileOutcome>& outcomes, Volume& volume) {
  std::int64_t padding = 0, inexact = 0;
  bool monochrome1 = false;
  for (const FileOutcome& outcome : outcomes) {
    padding += outcome.counts.padding;
    inexact += outcome.counts.inexact;
    monochrome1 = monochrome1 || outcome.monochrome1;
  }
  std::vector<std::string>& notices = volume.notices;
  if (!stack.gaps_mm.empty()) notices.push_back(gap_notice(stack));
  if (stack.sheared) notices.push_back("the planes are tilted against the axis through them (gantry tilt)");
  if (padding > 0)
    notices.push_back(std::to_string(padding) + " voxels are padding (PixelPaddingValue), kept as stored");
  if (inexact > 0) notices.push_back(std::to_string(inexact) + " values beyond 2^24 are rounded to float32");
  if (monochrome1) notices.push_back("low values are bright (MONOCHROME1): turned over, so that high is bright");
  if (volume.stored.type == VoxelType::float32) {
    notices.push_back("slices differ in RescaleSlope, RescaleIntercept or sign: kept as float32");
  }
}

/// Hundreds of MB in pages of 4 KB cost as much processor time as decoding; a kernel that will not give larger ones is
/// free to ignore this.
void ask_for_large_pages(void* memory, std::size_t bytes) {
  constexpr std::uintptr_t kPage = std::uintptr_t{1} << 21;
  const auto begin = (reinterpret_cast<std::uintptr_t>(memory) + kPage - 1) / kPage * kPage;
  const auto end = (reinterpret_cast<std::uintptr_t>(memory) + bytes) / kPage * kPage;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

void check_readable(const DicomSeries& series, std::size_t stack_number, const DicomReadOptions& options) {
  if (stack_number >= series.stacks.size()) {
    fail(ExitCode::usage, "series ", series.number, " has ", series.stacks.size(), " volumes, counted from 0; volume ",
         stack_number, " does not exist");
  }
  const DicomStack& stack = series.stacks[stack_number];
  const fs::path folder = stack.frames.front().file.parent_path();
  if (!stack.gaps_mm.empty() && !options.allow_gaps) {
    std::ostringstream distances;
    for (const double mm : stack.gaps_mm) distances << ' ' << std::round(mm * 1e3) / 1e3;
    fail(ExitCode::input, folder, ": series ", series.number, ": planes are not equally spaced, a slice may be missing",
         "; distances in mm:", distances.str(), "; get the whole series, or allow gaps with --allow-gaps");
  }
  check_size(folder, stack.geometry.size, options.limits.max_voxels);
}

}  // namespace

Volume read_dicom_volume(const DicomSeries& series, std::size_t stack_number, const DicomReadOptions& options) {
  check_readable(series, stack_number, options);
  const DicomStack& stack = series.stacks[stack_number];
  Volume volume;
  volume.geometry = stack.geometry;
  volume.modality = series.modality == "CT" ? Modality::ct : Modality::mr;
  const auto count = static_cast<std::size_t>(stack.geometry.voxel_count());
  volume.voxels.reserve(count);
  ask_for_large_pages(volume.voxels.data(), count * sizeof(float));
  const std::vector<FileOutcome> outcomes = read_all(stack, options, volume.voxels);
  volume.stored = stored_form(stack, outcomes);
  tell(stack, outcomes, volume);
  return volume;
}

}  // namespace voxprior
