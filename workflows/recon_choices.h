#pragma once

#include <string>
#include <vector>

#include "workflows/cli/arguments.h"
#include "workflows/compute/recon_session.h"

namespace voxprior {

/// A method as the command line knows it before LibTorch is loaded.
struct ReconMethodName {
  const char* name;
  bool needs_model;
  bool draws;  ///< a sampler: --samples makes sense
};

/// The methods of pipeline/reconstruction/registry.h, in its order.
const std::vector<ReconMethodName>& recon_methods();

/// The options that all `recon` commands share.
class ReconChoices {
 public:
  /// `fbp`: the problem has filtered back-projection, too. `standard`: the method taken when none is named.
  void add_to(Arguments& arguments, const std::string& standard, bool fbp);

  /// Checks what can be checked without LibTorch. `ct`: of the data to reconstruct, for --prior auto.
  void check() const;
  ReconSettings settings(bool ct) const;
  /// A name, a file or "auto".
  const std::string& prior() const { return prior_; }

  bool force = false, overwrite = false;
  std::string log, preview, uncertainty;  ///< empty: not asked for

 private:
  std::string method_, prior_, device_, precision_, mirrors_;
  double tolerance_ = -1, lambda_ = -1, step_ = -1, sigma_start_ = -1, sigma_end_ = -1, zeta_ = -1;
  long long iterations_ = -1, cg_iterations_ = -1, samples_ = 1, seed_ = 0, memory_mb_ = 0, threads_ = 0;
  bool fbp_ = false;
};

}  // namespace voxprior
