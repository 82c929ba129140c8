#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "workflows/cli/arguments.h"
#include "workflows/denoising.h"
#include "workflows/extra_output.h"

namespace voxprior {

/// What `denoise` writes besides its result: --residual, --noise-map, --uncertainty, --data-share,
/// --preview.
class DenoiseExtras {
 public:
  void add_to(Arguments& arguments);

  bool any_volume() const;
  std::vector<std::filesystem::path> paths() const;  ///< some may be empty

  /// Throws Error(ExitCode::usage) for a name whose ending is not that of what it is to hold, for options about
  /// samples that nothing is made of, and for samples of a bridge.
  void check(bool bridge) const;

  /// --seed, if it was given: of the samples or, with a bridge, of the noise that its sampler draws.
  std::optional<std::uint64_t> seed() const;

  /// What has to be found out for them.
  UncertaintyChoices uncertainty() const;

  /// The residual (noisy - clean) and the maps are float32 volumes on the grid of `noisy`, the preview a PNG.
  void write(const Volume& noisy, const Denoised& clean, ExtraOutput& out, Provenance& provenance) const;

 private:
  std::vector<std::string> volumes() const { return {residual_, noise_map_, uncertainty_, data_share_}; }

  std::string residual_, noise_map_, uncertainty_, data_share_, preview_;
  long long samples_ = kNotGiven, seed_ = kNotGiven;
  static constexpr long long kNotGiven = -1;
};

}  // namespace voxprior
