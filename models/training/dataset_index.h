#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace voxprior {

/// Name of the file that makes a folder of shards a prepared dataset. It is written last.
inline constexpr const char* kDatasetIndexName = "dataset.json";

enum class Split { train, validation, holdout };

/// The grid that all volumes of a dataset share. Its world is LPS millimetres, as in DICOM, with 0 in the centre of the
/// grid; axes are i, j, k, of which i is fastest: tensors are [k, j, i] = [D, H, W].
struct DatasetGrid {
  std::array<std::int64_t, 3> size{};
  std::array<double, 3> spacing_mm{};
  std::array<double, 3> origin_mm{};       ///< centre of voxel (0, 0, 0)
  std::array<double, 9> lps_from_index{};  ///< row-major, column n is the unit direction of axis n
};

/// One file of tensors, beside the index.
struct DatasetShard {
  std::string file;
  std::uint64_t bytes = 0;
  std::string sha256;
};

/// One volume. Nothing here names it: numbers follow the order of the source hashes.
struct DatasetVolume {
  std::size_t shard = 0;
  Split split = Split::train;
  std::optional<std::size_t> class_index;  ///< into DatasetIndex::classes
  bool labelled = false;                   ///< whether a label volume goes with it
  std::string source_sha256;               ///< of the file it came from
  std::array<double, 12>
      source_from_dataset{};  ///< row-major 3x4: LPS mm of the source = this * (LPS mm of the grid, 1)
  double intensity_offset = 0, intensity_scale = 1;  ///< stored = (source - offset) / scale
  double histogram_distance = 0;  ///< of its intensities from those of the others, in normalised intensity
};

/// What dataset.json holds.
struct DatasetIndex {
  std::string program_version;
  DatasetGrid grid;
  std::string intensity;                         ///< what stored values mean: "mr-p99.5", "ct-hu/1000" or "source"
  std::string voxel_type = "F16";                ///< of the image tensors: F16 or F32
  std::uint64_t seed = 0;                        ///< of the draw of splits
  std::map<std::string, std::string> made_with;  ///< every choice that determined the voxels, in words
  std::vector<std::string> classes;
  std::vector<DatasetShard> shards;
  std::vector<DatasetVolume> volumes;
};

const char* name_of(Split split);

/// Names of the tensors of volume `number` in its shard: "image.000012", "label.000012".
std::string image_name(std::size_t number);
std::string label_name(std::size_t number);

/// The same index gives the same text.
std::string format_dataset_index(const DatasetIndex& index);

/// Strict: every key present, of its type and in its range. Throws Error(ExitCode::input) that names `path` and the
/// key.
DatasetIndex parse_dataset_index(std::string_view json_text, const std::filesystem::path& path);

}  // namespace voxprior
