#include "models/denoiser_file.h"

#include "models/beside_network.h"
#include "models/network_file.h"

namespace voxprior {

LoadedDenoiser load_denoiser(const std::filesystem::path& path, torch::Device device, torch::ScalarType body_type,
                             ModelKind kind) {
  NetworkFile file = read_network(path, kind, device);
  LoadedDenoiser loaded;
  loaded.card = file.card;
  loaded.sha256 = file.sha256;
  loaded.schedule = file.schedule;
  loaded.variance_learned = file.band_errors.has_value();
  loaded.band_errors = file.band_errors;
  if (!loaded.variance_learned && file.network->widths().image_channels == 1)
    loaded.band_errors = wiener_errors(file.card, file.preconditioner);
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
