#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "workflows/cli/arguments.h"
#include "workflows/denoising.h"
#include "workflows/extra_output.h"

namespace voxprior {

/// What `denoise` writes besides its result: --residual, --noise-map, --preview.
class DenoiseExtras {
 public:
  void add_to(Arguments& arguments);

  bool any() const { return !residual_.empty() || !noise_map_.empty() || !preview_.empty(); }
  bool any_volume() const { return !residual_.empty() || !noise_map_.empty(); }
  std::vector<std::filesystem::path> paths() const { return {residual_, noise_map_, preview_}; }  ///< some may be empty

  /// Throws Error(ExitCode::usage) for a name whose ending is not that of what it is to hold.
  void check_names() const;

  /// The residual (noisy - clean) and the map of sigma are float32 volumes on the grid of `noisy`, the preview a PNG.
  void write(const Volume& noisy, const Denoised& clean, ExtraOutput& out, Provenance& provenance) const;

 private:
  std::string residual_, noise_map_, preview_;
};

}  // namespace voxprior
