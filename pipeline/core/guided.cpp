#include "pipeline/core/guided.h"

#include <torch/types.h>

namespace voxprior {

Denoiser guided(Denoiser conditional, Denoiser unconditional, double weight) {
  if (weight == 1) return conditional;
  return [=](const torch::Tensor& x, double sigma) {
    return torch::lerp(unconditional(x, sigma), conditional(x, sigma), weight);
  };
}

}  // namespace voxprior
