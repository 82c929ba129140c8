#pragma once

#include <torch/types.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/core/denoiser.h"
#include "pipeline/core/linear_operator.h"

namespace voxprior {

/// Measurements y = A x + n of an image x, and what is known about them.
///
/// Algorithms do not see this problem but a normalised one (normalised_problem.h), so that no parameter has a unit: the
/// result for 1000 y is 1000 times the result for y.
struct ReconstructionProblem {
  std::shared_ptr<const LinearOperator> a;  ///< domain [D,H,W], real or complex
  torch::Tensor y;                          ///< of a's codomain, finite; 0 where nothing was measured
  torch::Tensor weights;  ///< real, >= 0, broadcasts to y: the variance of y is noise^2 / weight. May be undefined: 1
  double noise =
      0;            ///< standard deviation of n where the weight is 1; of a complex n, of each of its parts. 0: unknown
  double unit = 0;  ///< the intensity of x that is 1 to the denoiser; 0: found from the data, as for MRI
  torch::Tensor start;   ///< x to start from, such as a filtered back-projection. May be undefined: a few steps of CG
  Denoiser denoise;      ///< for methods that need one; x of any size [N,1,D,H,W], normalised
  double sigma_min = 0;  ///< of the levels at which `denoise` may be asked; methods keep within them
  double sigma_max = std::numeric_limits<double>::infinity();
};

/// Where a reconstruction stands after an iteration.
struct IterationRecord {
  int iteration = 0;                ///< 1 for the first
  double data_residual = 0;         ///< |A x - y| / |y|, both weighted: 1 for x = 0
  double change = 0;                ///< |x - x of the iteration before| / |x|
  double sigma = 0;                 ///< the level at which the denoiser was asked; 0 if it was not
  double objective = std::nan("");  ///< what the method minimises, in normalised units; NaN where it minimises nothing
};

/// Told after every iteration, from the thread that iterates. May throw to interrupt.
using IterationObserver = std::function<void(const IterationRecord&)>;

enum class StopReason {
  converged,  ///< the change fell below the tolerance
  finished,   ///< all iterations were done
  diverged    ///< the iterates grew without bound; the image is the best of them
};

/// "converged", "finished" or "diverged".
std::string stop_reason_name(StopReason reason);

/// What a method made of a problem.
struct Reconstruction {
  torch::Tensor image;  ///< x, of a's domain, in its own unit
  StopReason stop = StopReason::finished;
  int best_iteration = 0;  ///< the iteration that `image` is from: the last one, unless it diverged; 0: the start
  std::vector<IterationRecord> log;  ///< one an iteration
  double data_residual = 0;          ///< of `image`: |A x - y| / |y|, weighted
  double residual_over_noise =
      0;            ///< root mean square of A x - y where y is not 0, over the noise; about 1 if x explains
                    ///< the data, well above 1 if it contradicts them. 0 when the noise is not known
  double unit = 0;  ///< as in the problem, or as it was found
  std::vector<std::string> warnings;  ///< for the user, one line each
};

/// Parameters of methods. Each method reads those that its entry in registry.h names. Defaults: defaults.h.
struct MethodOptions {
  int iterations = 0;      ///< at most, or exactly for methods that run down a schedule of noise levels
  double tolerance = 0;    ///< stop when the change of x falls below this; 0: never
  double lambda = 0;       ///< strength of the prior, for data that are normalised
  double step = 0;         ///< of gradient steps, in units of 1 / |A|^2
  double sigma_start = 0;  ///< first level of the denoiser
  double sigma_end = 0;    ///< last level; raised to the noise of the data where that is larger
  double zeta = 0;         ///< how much of the noise is drawn anew each step, 0 to 1
  int cg_iterations = 0;   ///< of each inner least-squares problem, at most
  int levels = 0;          ///< of the wavelet transform
  std::uint64_t seed = 0;  ///< of everything drawn
};

}  // namespace voxprior
