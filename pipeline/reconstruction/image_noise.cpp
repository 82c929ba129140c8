#include "pipeline/reconstruction/image_noise.h"

#include <torch/types.h>

#include "pipeline/samplers/step_noise.h"

namespace voxprior {

ImageNoise image_noise(std::uint64_t seed) {
  return [draw = step_noise({seed})](const torch::Tensor& like, std::uint64_t index) {
    if (!like.is_complex()) return draw(like.unsqueeze(0).unsqueeze(0), index)[0][0];
    const torch::Tensor parts = torch::stack({torch::real(like), torch::imag(like)}).unsqueeze(0);
    const torch::Tensor noise = draw(parts, index);
    return torch::complex(noise[0][0], noise[0][1]);
  };
}

}  // namespace voxprior
