#pragma once

#include <torch/types.h>

namespace voxprior {

/// Fewer virtual coils that hold nearly all of the signal: the strongest left singular vectors of the coils' data.
struct CoilCompression {
  torch::Tensor matrix;    ///< [V,C] complex64 with orthonormal rows: white noise stays white
  double energy_kept = 0;  ///< fraction of the energy of the data that the virtual coils hold
};

/// From kspace or calibration data [C,...] complex64, to `virtual_coils`. Throws Error(ExitCode::input) for a number
/// that is not in 1 .. C, and for data that are zero.
/// Huang et al., A software channel compression technique for faster reconstruction with many channels. Magnetic
/// Resonance Imaging 26:133-141, 2008.
CoilCompression coil_compression(const torch::Tensor& data, std::int64_t virtual_coils);

/// The matrix along the first axis of y [C,...] complex64: k-space, calibration data or maps.
torch::Tensor compressed(const CoilCompression& compression, const torch::Tensor& y);

}  // namespace voxprior
