#pragma once

#include <torch/types.h>

#include "pipeline/core/denoiser.h"
#include "pipeline/core/progress.h"
#include "pipeline/tiling/locality.h"
#include "pipeline/tiling/tile_plan.h"

namespace voxprior {

/// Evaluates a local network tile by tile. Equal to one evaluation of the whole padded volume, up to float rounding:
/// there are no seams, because every kept voxel sees all that it depends on.
///
/// x [N,C,D,H,W] with D, H, W as in the plan; each sample is evaluated by itself. Axes that are no multiple of the
/// alignment are continued past their far end by reflection (... c b a | a b c ...), for any size down to one voxel.
/// Repeating the last voxel instead would draw its noise out into streaks, which a denoiser takes for structure.
/// Holds x, the result and one tile; takes no part in differentiation.
torch::Tensor denoise_in_tiles(const Denoiser& network, const torch::Tensor& x, double sigma, const TilePlan& plan,
                               const Progress& progress = {});

/// A Denoiser for volumes of any size out of a local network that works on its own grid. Every call plans its tiles
/// with plan_tiles(), which may throw Error(ExitCode::resources).
Denoiser tiled(Denoiser network, Locality locality, double network_bytes_per_voxel, double memory_budget_bytes,
               Progress progress = {});

}  // namespace voxprior
