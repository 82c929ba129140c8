#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/volume_file.h"

namespace voxprior {

/// What `voxprior prepare` was asked for.
struct PrepareOptions {
  std::vector<std::string> inputs;   ///< folders, searched at any depth, or files
  std::string output;                ///< the folder to make
  std::string labels;                ///< folder with a label volume for each input, of the same file name; empty: none
  std::vector<std::string> classes;  ///< NAME=FOLDER
  std::string class_table;           ///< CSV file with the columns file and class; empty: none

  std::optional<std::array<std::int64_t, 3>> size;  ///< voxels: right-left, front-back, foot-head
  std::optional<double> spacing_mm;
  std::string align = "none";              ///< none | rigid
  std::string reference = "mean";          ///< mean, or a volume file
  std::string similarity = "correlation";  ///< correlation | mutual-information
  std::string interpolation = "bspline";   ///< bspline | linear
  std::string intensity = "auto";          ///< auto | mr | ct | none
  std::string voxel_type = "float16";      ///< float16 | float32

  std::string holdout, validation;  ///< see choose_splits
  std::uint64_t seed = 0;
  bool skip_broken = false;
  std::uint64_t shard_bytes = 0;
  bool overwrite = false, resume = false;
  int threads = 1;
  ReadOptions reading;
};

}  // namespace voxprior
