#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace voxprior {

enum class NoiseKind { automatic, gaussian, rician };

/// What lies around the object.
enum class Background {
  zeroed,  ///< exact zeros: skull-stripped, masked, or noise below one step of the stored integers
  noise,   ///< air that shows the noise of the scan
  none     ///< the object fills the volume, or the dark part is not air
};

struct NoiseEstimate {
  double sigma = 0;  ///< standard deviation of the noise in each real channel, in the unit of the voxels
  NoiseKind kind = NoiseKind::gaussian;  ///< gaussian or rician
  int coils = 1;  ///< complex channels behind a magnitude, from the air; more than one: non-central chi, not Rician
  double kind_confidence = 0.5;      ///< 0 to 1; 0.5: assumed, for want of negative voxels and of air that shows noise
  bool white = true;                 ///< false when the noise is seen to be correlated between voxels
  double neighbour_correlation = 0;  ///< of the noise of adjacent voxels; 0 when it cannot be told from anatomy
  Background background = Background::none;
  double object_sigma = 0;      ///< from the object alone
  double background_sigma = 0;  ///< from the air alone; 0 where no air shows noise
  std::string message;          ///< what a user should know, one line; empty when there is nothing to say
};

/// The noise level of a volume from itself. i runs fastest; no NaN. Takes 0.2 s for 7 million voxels.
///
/// The finest wavelet band (HHH) holds all of white noise's standard deviation and little anatomy. Its energy e is
/// taken in small blocks of bright object, next to the energy a of the coarser detail (high-pass along one axis only),
/// which white noise fills equally and anatomy more: e = sigma^2 + beta (a - sigma^2). The line is fitted over the half
/// of the blocks with the least detail, so that texture is not taken for noise. Rician: each block is corrected by the
/// Rician variance at its own mean, iterated (Koay & Basser 2006).
/// Where air shows noise too, and within a factor of 1.5 of the object's, sigma is the geometric mean of both.
/// automatic: negative voxels mean Gaussian noise, none mean Rician. Air whose mean over its deviation is that of more
/// than one coil, with a sigma that the object confirms, tells their number.
NoiseEstimate estimate_noise(const float* voxels, std::array<std::int64_t, 3> size_ijk,
                             NoiseKind kind = NoiseKind::automatic);

}  // namespace voxprior
