#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/cascade_files.h"

namespace voxprior {

/// What a run of a synthesis model is told, the same for all that it makes.
struct Told {
  std::string class_name;             ///< empty: any
  std::optional<Spacing> spacing_mm;  ///< of the volumes that come out; none: the typical one
  std::string spacing_from;           ///< the file that has these voxels; empty: they were asked for
  bool mask = false;                  ///< whether with_mask() will bind a mask
  double guidance = 1;                ///< weight of class and mask, see pipeline/core/guided.h
  /// Weight of each level against the weaker network beside it, coarse first; 1 for levels beyond the last entry.
  std::vector<double> autoguidance;

  bool wishes() const { return mask || !class_name.empty(); }  ///< whether guidance has something to strengthen
};

/// Throws Error(ExitCode::usage) for a class or a spacing that the model does not know, with those that it knows, for a
/// mask where it knows no labels, for guidance where nothing is told that it could strengthen, and for autoguidance
/// where no weaker network lies beside the coarse one; Error(ExitCode::input) for the spacing of a file.
void check_told(const LoadedCascade& cascade, const Told& told);

/// Voxel size of what comes out.
Spacing spacing_of(const LoadedCascade& cascade, const Told& told);

/// D(x, sigma) of a level of a cascade (0: the coarse one) that is told all of this that it was trained to hear. If
/// that includes a mask, the denoiser takes and gives [N,2+labels,D,H,W]: the volume and, behind it, the mask, which so
/// is cut into tiles with the volume. The voxel size is told to both sides of the guidance: it is a fact, no wish.
/// Autoguidance (Karras et al. 2024, arXiv:2406.02507) is that of a level by a weaker network that is told the same:
/// D_weak + w (D - D_weak) leads away from the errors that both make, of which the weaker one makes more.
Denoiser told_denoiser(const LoadedCascade& cascade, std::size_t level, const Told& told);

/// D(x, sigma) of the model that draws masks, told the class. x [1,1+labels,D,H,W]. The cascade must have one.
Denoiser mask_denoiser(const LoadedCascade& cascade, const Told& told);

/// Whether told_denoiser() takes a mask.
bool takes_mask(const LoadedCascade& cascade, std::size_t level, const Told& told);

/// That denoiser with a mask [1,1+labels,D,H,W] bound to it, for x [1,1,D,H,W].
Denoiser with_mask(Denoiser denoise, torch::Tensor mask);

/// Evaluations of networks for one of told_denoiser() or mask_denoiser(): one more with guidance, and with
/// autoguidance.
int evaluations_for_one(const LoadedCascade& cascade, std::size_t level, const Told& told);
int mask_evaluations_for_one(const LoadedCascade& cascade, const Told& told);

}  // namespace voxprior
