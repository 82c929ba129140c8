#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "io/volume_file.h"
#include "pipeline/metrics/features/image.h"
#include "workflows/cli/progress.h"

namespace voxprior {

/// The volume files of a folder (.nii, .nii.gz, .nrrd, .mha), sorted by name. Throws Error(ExitCode::input) when it is
/// not a folder or holds none.
std::vector<std::filesystem::path> volumes_in(const std::filesystem::path& folder);

/// Reads volumes that are to be compared voxel by voxel or feature by feature, in normalised intensity. The first one
/// read says what all must be: voxels along each axis, spacing to 1 %, anatomical orientation, CT or MR. Where a volume
/// lies in the scanner does not matter.
class ComparableVolumes {
 public:
  explicit ComparableVolumes(const ReadOptions& reading) : reading_(reading) {}

  /// Throws Error(ExitCode::input) that names the file, for one that is unlike the first or cannot be normalised.
  Volume read(const std::filesystem::path& path);

  /// Of the volumes read; there must be one.
  const Geometry& geometry() const { return first_->geometry; }

 private:
  struct First {
    std::filesystem::path path;
    Geometry geometry;
    bool is_ct;
  };
  void check_like_first(const std::filesystem::path& path, const Volume& volume, bool is_ct) const;

  ReadOptions reading_;
  std::optional<First> first_;
};

/// Volumes by their files, as one stage of progress: read one by one, then described `threads` at a time by
/// describe(image), which must not throw.
template <typename Description, typename Describe>
std::vector<Description> describe_volumes(const std::vector<std::filesystem::path>& files, ComparableVolumes& reader,
                                          int threads, ProgressDisplay& progress, const Describe& describe) {
  std::vector<std::optional<Description>> found(files.size());
  const auto batch = static_cast<std::size_t>(thread_count(threads));
  for (std::size_t first = 0; first < files.size(); first += batch) {
    const std::size_t count = std::min(batch, files.size() - first);
    std::vector<Image> images;
    for (std::size_t n = 0; n < count; ++n) {
      Volume volume = reader.read(files[first + n]);
      images.push_back({std::move(volume.voxels), volume.geometry.size});
    }
    for_slabs(count, 1, threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t n = begin; n < end; ++n) found[first + n] = describe(images[n]);
    });
    progress.update(static_cast<double>(first + count) / static_cast<double>(files.size()));
  }
  std::vector<Description> described;
  for (std::optional<Description>& one : found) described.push_back(std::move(*one));
  return described;
}

}  // namespace voxprior
