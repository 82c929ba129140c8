#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/training/dataset_index.h"

namespace voxprior {

/// A dataset written by `voxprior prepare`: volumes on one grid, in safetensors shards, with an index beside them.
/// Needs LibTorch alone. Volumes are read when asked for; volume() may be called from several threads at once.
class PreparedDataset {
 public:
  /// Reads the index and checks every shard against it: size, SHA-256, and that each tensor is there with the shape and
  /// type it must have. Throws Error(ExitCode::input) that says what is missing or damaged.
  explicit PreparedDataset(const std::filesystem::path& folder);

  std::size_t size() const { return index_.volumes.size(); }
  const DatasetIndex& index() const { return index_; }

  /// Numbers of the volumes of a split, ascending.
  std::vector<std::size_t> numbers(Split split) const;

  /// Class of a volume, or -1 if it has none; PreparedDataset::index().classes names it.
  std::int64_t class_index(std::size_t number) const;

  /// Voxel edges along D, H, W in millimetres.
  std::array<double, 3> spacing_mm() const;

  /// [1,D,H,W] float32, normalised intensity. Throws Error(ExitCode::input) if the file cannot be read any more.
  torch::Tensor volume(std::size_t number) const;

  /// [1,D,H,W] int64, or an undefined tensor if the volume has no labels.
  torch::Tensor label(std::size_t number) const;

 private:
  struct Place {
    torch::ScalarType type = torch::kFloat16;
    std::uint64_t position = 0;  ///< in the file of the shard
  };

  void open_shard(std::size_t shard);
  torch::Tensor read(std::size_t number, const Place& place) const;

  std::filesystem::path folder_;
  DatasetIndex index_;
  std::vector<Place> images_, labels_;
};

}  // namespace voxprior
