#pragma once

#include <vector>

#include "io/volume.h"
#include "workflows/planes.h"

namespace voxprior {

/// The grey levels of a preview: black and white of the volumes, and the residual that is drawn black or white.
struct PreviewWindow {
  double black = 0, white = 1;
  double residual_limit = 1;  ///< residuals from minus this (black) over 0 (grey) to this (white)
};

/// CT in the soft tissue window, MR from 0 to the brightest tissue; the residual up to 3 `sigma`, or up to white where
/// sigma is 0.
PreviewWindow preview_window(const Volume& noisy, double sigma);

/// Three rows (axial, coronal, sagittal, through the centre of the intensities) of three pictures (before, after,
/// before - after), in anatomical orientation as radiologists look at them: the patient's right is on the left, the
/// nose is up or to the left, the crown is up. Voxels that are not cubes are drawn with their true proportions.
/// Both volumes share a grid.
GreyImage draw_preview(const Volume& before, const std::vector<float>& after, const PreviewWindow& window);

/// The same three planes of one volume, side by side; of a volume one voxel thick, the plane that shows it.
GreyImage draw_planes(const Volume& volume, double black, double white);

}  // namespace voxprior
