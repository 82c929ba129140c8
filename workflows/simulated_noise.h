#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/volume_file.h"
#include "workflows/cli/arguments.h"
#include "workflows/compute/simulate.h"

namespace voxprior {

/// A volume with noise, and what is known of it.
struct WithNoise {
  std::vector<float> voxels;
  std::vector<float>
      reference;  ///< the same without noise: the volume itself, or as k-space that is not all there shows it
  std::vector<float> sigma;  ///< of each real channel, for each voxel; empty for CT
  nlohmann::ordered_json record;
  std::string summary;  ///< one line for the user
};

/// What `add-noise` can be asked for, and how it is made.
class NoiseToAdd {
 public:
  void add_to(Arguments& arguments);

  /// Throws Error(ExitCode::usage) for options that do not go together.
  void check() const;

  bool ct() const { return kind_ == "ct"; }

  /// Throws Error(ExitCode::input) for a volume that the kind of noise does not fit, or a map of sigma that does not
  /// fit the volume. The kind ct loads LibTorch.
  WithNoise to(const Volume& volume, const std::string& name, const ReadOptions& reading) const;

 private:
  void check_ct() const;
  void check_mri() const;
  std::vector<float> sigma_for(const Volume& volume, const ReadOptions& reading) const;
  WithNoise with_mri_noise(const Volume& volume, const ReadOptions& reading) const;
  WithNoise with_ct_noise(const Volume& volume, const std::string& name) const;

  std::string kind_, spread_, map_, kept_, window_, kernel_;
  long long coils_ = 0, seed_ = 0, acceleration_ = 0, views_ = 0, threads_ = 0;  // 0: not given
  double sigma_ = 0, percent_ = 0, range_ = 0, partial_ = 0;                     // 0: not given
  double photons_ = 0, electronic_ = 0, modulation_ = 0;
};

}  // namespace voxprior
