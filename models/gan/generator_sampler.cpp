#include "models/gan/generator_sampler.h"

#include <utility>

namespace voxprior {

Sampler generator_sampler(const GeneratorFile& generator, torch::Device device, torch::Tensor classes) {
  return [network = generator.network, device, classes = std::move(classes)](
             const Denoiser&, const torch::Tensor& x, const std::vector<double>& sigmas, const StepNoise&,
             const Progress& progress) mutable {
    const torch::Tensor z = x.flatten(1).narrow(1, 0, network->widths().latent) / sigmas.front();
    const torch::Tensor told = classes.defined() ? classes.expand({x.size(0)}).to(device) : classes;
    const torch::Tensor made = network->forward(z.contiguous().to(device), told).to(torch::kCPU);
    progress(1);
    return made;
  };
}

}  // namespace voxprior
