#include "models/denoiser_file.h"

#include <algorithm>

#include "base/error.h"
#include "models/beside_network.h"
#include "models/network_file.h"
#include "models/weights/safetensors.h"
#include "pipeline/bridge/registry.h"
#include "pipeline/samplers/registry.h"

namespace voxprior {
namespace {

void check_sampler(const ModelCard& card, const std::filesystem::path& path) {
  const auto& known = named_samplers();
  const auto is_it = [&](const NamedSampler& sampler) { return sampler.name == card.sampling->sampler; };
  if (card.sampling && std::none_of(known.begin(), known.end(), is_it))
    fail(ExitCode::model, path, ": advises the sampler '", card.sampling->sampler,
         "', which this version of the program does not have");
  const auto& of_bridges = named_bridge_samplers();
  const auto leads = [&](const NamedBridgeSampler& sampler) { return sampler.name == card.bridge->sampler; };
  if (card.bridge && std::none_of(of_bridges.begin(), of_bridges.end(), leads))
    fail(ExitCode::model, path, ": advises the sampler '", card.bridge->sampler,
         "', which this version of the program does not have");
}

}  // namespace

LoadedDenoiser load_denoiser(const std::filesystem::path& path, torch::Device device, torch::ScalarType body_type,
                             ModelKind kind) {
  NetworkFile file = read_network(path, kind, device);
  check_sampler(file.card, path);
  LoadedDenoiser loaded;
  loaded.card = file.card;
  loaded.sha256 = file.sha256;
  loaded.schedule = file.schedule;
  loaded.variance_learned = file.band_errors.has_value();
  loaded.band_errors = file.band_errors;
  const bool reverses_noise = kind != ModelKind::bridge && file.network->widths().image_channels == 1;
  if (!loaded.variance_learned && reverses_noise) loaded.band_errors = wiener_errors(file.card, file.preconditioner);
  const UnetWidths& widths = file.network->widths();
  loaded.locality = {widths.local() ? widths.halo() : 0, widths.alignment()};
  // Level 0 rules. Measured: 5.1 tensors of its width at an eighth of the voxels, convolution workspace included.
  loaded.bytes_per_voxel = 6. * static_cast<double>(widths.channels[0]) * sizeof(float) / 8;
  loaded.conditional = [file, body_type](const torch::Tensor& x, double sigma, const Condition& condition) mutable {
    const torch::Tensor level = torch::full({x.size(0)}, sigma, x.options());
    return denoise_with(file.network, file.preconditioner, x, level, body_type, condition.to(x.device()));
  };
  loaded.denoise = [conditional = loaded.conditional](const torch::Tensor& x, double sigma) {
    return conditional(x, sigma, {});
  };
  return loaded;
}

}  // namespace voxprior
