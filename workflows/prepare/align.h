#pragma once

#include <vector>

#include "workflows/cli/progress.h"
#include "workflows/prepare/alignment_record.h"
#include "workflows/prepare/survey.h"

namespace voxprior {

/// For each volume the rigid transform from LPS mm of the dataset to LPS mm of the volume, found by registration at
/// 2 mm: to the reference, whose box is in the centre of the grid, or to the mean of all. The mean begins with the
/// centres of mass matched and is made again after a coarse and after a fine round of registrations: three rounds.
/// Volumes wait in memory at 2 mm (about 4 MB for a head).
std::vector<Affine> align_volumes(const PrepareOptions& options, const Survey& survey, const Geometry& grid,
                                  AlignmentRecord& record, ProgressDisplay& progress);

}  // namespace voxprior
