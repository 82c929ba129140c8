#include "pipeline/samplers/truncated_start.h"

#include <torch/types.h>

#include "base/error.h"
#include "pipeline/samplers/starting_noise.h"
#include "pipeline/samplers/steps.h"

namespace voxprior {

torch::Tensor truncated_start(const torch::Tensor& volume, double sigma, const std::vector<std::uint64_t>& seeds) {
  TORCH_CHECK(volume.dim() == 5 && volume.size(0) == static_cast<std::int64_t>(seeds.size()),
              "a truncated start needs [N,C,D,H,W] and N seeds, got ", volume.sizes(), " and ", seeds.size());
  return volume + starting_noise(seeds, volume.sizes().slice(1).vec(), sigma).to(volume.options());
}

std::vector<double> truncated_schedule(const std::vector<double>& sigmas, double sigma) {
  check_falling(sigmas);
  if (!(sigma > sigmas.back() && sigma <= sigmas.front()))
    fail(ExitCode::usage, "sampling cannot start at sigma ", sigma, ": the schedule goes from ", sigmas.front(), " to ",
         sigmas.back());
  std::vector<double> rest{sigma};
  for (const double level : sigmas)
    if (level < 0.99 * sigma) rest.push_back(level);
  if (rest.size() == 1) rest.push_back(sigmas.back());
  return rest;
}

}  // namespace voxprior
