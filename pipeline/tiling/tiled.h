#pragma once

#include <torch/types.h>

#include <functional>

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

/// How a network that changes the grid does so: both in the resolution of the plan, whose alignment they divide.
struct GridChange {
  std::int64_t input_shrink = 1;   ///< x is given at 1/input_shrink of the plan's resolution
  std::int64_t output_shrink = 1;  ///< the result comes at 1/output_shrink of it
};

/// Evaluates a local network that goes to another grid, such as an encoder, tile by tile: [N,C,...] to [N,C',...], with
/// what denoise_in_tiles() says of it. x must not need padding: the plan's volume is a multiple of its alignment.
torch::Tensor evaluate_in_tiles(const std::function<torch::Tensor(const torch::Tensor&)>& network,
                                const torch::Tensor& x, const TilePlan& plan, const GridChange& change,
                                const Progress& progress = {});

/// A Denoiser for volumes of any size out of a local network that works on its own grid. Every call plans its tiles
/// with plan_tiles(), which may throw Error(ExitCode::resources).
Denoiser tiled(Denoiser network, Locality locality, double network_bytes_per_voxel, double memory_budget_bytes,
               Progress progress = {});

}  // namespace voxprior
