#pragma once

#include "io/grid.h"
#include "io/volume.h"

namespace voxprior {

enum class Similarity {
  correlation,        ///< for one contrast: intensities that agree up to offset and scale
  mutual_information  ///< for different contrasts (Mattes et al., IEEE Trans Med Imaging 2003; 22:120-128)
};

struct RegistrationOptions {
  Similarity similarity = Similarity::correlation;
  /// How much coarser than `fixed` each level is, coarsest first. Before a level both images are smoothed by a Gaussian
  /// of half its factor in standard deviation, in voxels of `fixed`.
  std::vector<int> levels = {4, 2, 1};
};

/// The rigid transform under which `moving`, read at moving_from_fixed * p (LPS mm), looks most like `fixed` at p.
/// Gradient descent over three Euler angles and a translation about the centre of `fixed`, from `start`, on a regular
/// grid of samples. Uses one thread; the result is always the same. Throws Error(ExitCode::input) if the images do not
/// overlap under `start`.
Affine register_rigid(const Volume& fixed, const Volume& moving, const Affine& start,
                      const RegistrationOptions& options);

/// The translation that puts the centre of mass of `moving` on that of `fixed`: a start where nothing is known. For
/// images that are 0 outside of the subject.
Affine centres_of_mass_matched(const Volume& fixed, const Volume& moving);

}  // namespace voxprior
