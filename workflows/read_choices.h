#pragma once

#include <string>

#include "io/volume_file.h"
#include "workflows/cli/arguments.h"

namespace voxprior {

/// The options that every command which reads a volume has: --max-voxels, --nonfinite, --volume.
class ReadChoices {
 public:
  void add_to(Arguments& arguments);
  ReadOptions options() const;

 private:
  long long max_voxels_ = ReadOptions().max_voxels;
  long long volume_of_4d_ = ReadOptions().volume_of_4d;
  std::string nonfinite_;
};

}  // namespace voxprior
