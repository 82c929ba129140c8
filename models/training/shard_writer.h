#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "models/training/dataset_index.h"

namespace voxprior {

/// Writes a dataset for PreparedDataset into an existing empty folder, one shard in memory at a time. The index comes
/// last: a folder without it is unfinished. The same volumes give the same bytes. Needs no LibTorch.
class ShardWriter {
 public:
  /// A shard is closed as soon as it holds `shard_bytes` of voxels. `index` has all but shards and volumes.
  ShardWriter(std::filesystem::path folder, DatasetIndex index, std::uint64_t shard_bytes);

  /// The next volume; its shard is filled in here. `image` is normalised intensity and `label`, empty unless the volume
  /// is labelled, whole numbers from 0 to 2^24; both i fastest, on the dataset's grid. Throws Error(ExitCode::output)
  /// when writing fails, Error(ExitCode::input) when a value does not fit the voxel type.
  void add(DatasetVolume volume, const std::vector<float>& image, const std::vector<float>& label);

  /// Writes what is left and the index.
  void finish();

 private:
  struct Tensor {
    std::string dtype;
    std::vector<unsigned char> bytes;
  };

  void keep(const std::string& name, Tensor tensor);
  void close_shard();

  std::filesystem::path folder_;
  DatasetIndex index_;
  std::uint64_t shard_bytes_, held_bytes_ = 0;
  std::map<std::string, Tensor> held_;
};

}  // namespace voxprior
