#pragma once

#include "io/grid.h"
#include "workflows/prepare/options.h"
#include "workflows/prepare/survey.h"

namespace voxprior {

/// The grid of the dataset, RAS axes, its centre at 0 mm: spacing and size as asked for, or those that all volumes
/// share. Throws Error(ExitCode::input) that names two volumes that differ and the options to give.
Geometry choose_grid(const std::vector<SurveyedVolume>& volumes, const PrepareOptions& options);

/// The transform from LPS mm of the dataset to LPS mm of a volume that turns nothing against the volume's own axes. A
/// volume that has the dataset's grid stays as it is; the box of any other comes into the centre, by whole voxels where
/// the spacing is kept, so that nothing need be interpolated.
Affine unaligned(const SurveyedVolume& volume, const Geometry& grid);

/// The same with the centre of the box in the centre exactly: a start for registration.
Affine centred_on_box(const SurveyedVolume& volume);

/// Whether part of the subject lies outside of the grid.
bool is_cut(const SurveyedVolume& volume, const Geometry& grid, const Affine& source_from_dataset);

}  // namespace voxprior
