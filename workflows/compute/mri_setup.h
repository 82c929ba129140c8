#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/core/linear_operator.h"
#include "workflows/compute/recon_session.h"

namespace voxprior {

/// What a reconstruction of MRI data starts from.
struct MriSetup {
  std::shared_ptr<const LinearOperator> sense;
  torch::Tensor kspace;  ///< [C,D,H,W], prewhitened where there was a noise scan, without oversampling of the readout;
                         ///< off the grid [C,M]
  double noise = 0;      ///< standard deviation in each part of `kspace`; 0: not known
  std::vector<std::string> notices;

  /// The voxels to show, about the centre N/2, out of an image of everything encoded.
  torch::Tensor shown(const torch::Tensor& image) const;
  std::array<std::int64_t, 3> shown_dhw{};
};

/// Whitens the coils by the noise scan, removes the oversampling of the readout, combines the coils to fewer virtual
/// ones if asked to, and finds what is missing: the coils' sensitivities out of a separate calibration scan or the
/// centre of k-space (ESPIRiT), the level of the noise out of the noise scan or the edge of k-space. Throws
/// Error(ExitCode::input) when maps are neither given nor to be found.
MriSetup set_up(MriProblem& problem);

}  // namespace voxprior
