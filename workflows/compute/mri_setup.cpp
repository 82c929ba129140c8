#include "workflows/compute/mri_setup.h"

#include <cmath>

#include "pipeline/calibration/calibration_region.h"
#include "pipeline/calibration/coil_compression.h"
#include "pipeline/calibration/coil_whitening.h"
#include "pipeline/calibration/espirit.h"
#include "pipeline/operators/centred_fft.h"

namespace voxprior {
namespace {

using Complex = std::complex<float>;

torch::Tensor complex_tensor(std::vector<Complex>& values, const std::vector<std::int64_t>& shape) {
  return torch::from_blob(values.data(), shape, torch::kComplexFloat);
}

/// The part of an axis of `size` positions that keeps `kept` about the centre N/2.
torch::Tensor about_centre(const torch::Tensor& x, std::int64_t axis, std::int64_t kept) {
  return x.narrow(axis, x.size(axis) / 2 - kept / 2, kept);
}

/// Where readouts are whole, what was sampled does not change along W, and the image can be cut there: the same data on
/// fewer positions. F is unitary, so neither the image nor the noise changes its scale. `mask` is cut already; it makes
/// exact zeros again of what the transforms left where nothing was sampled.
torch::Tensor without_oversampling(const torch::Tensor& kspace, const torch::Tensor& mask) {
  return centred_fft(about_centre(centred_ifft(kspace), 3, mask.size(2))).masked_fill(mask.logical_not(), 0);
}

bool readouts_are_whole(const torch::Tensor& mask) { return (mask == mask.narrow(-1, 0, 1)).all().item().toBool(); }

}  // namespace

torch::Tensor MriSetup::shown(const torch::Tensor& image) const {
  torch::Tensor part = image;
  for (std::size_t axis = 0; axis < 3; ++axis)
    part = about_centre(part, static_cast<std::int64_t>(axis), shown_dhw[axis]);
  return part;
}

MriSetup set_up(MriProblem& problem) {
  const auto& [i, j, k] = problem.size_ijk;
  const std::vector<std::int64_t> shape{problem.coils, k, j, i};
  MriSetup setup;
  setup.kspace = complex_tensor(problem.samples, shape);
  torch::Tensor mask = torch::from_blob(problem.sampled.data(), {k, j, i}, torch::kUInt8).to(torch::kBool);
  torch::Tensor maps = problem.maps.empty() ? torch::Tensor() : complex_tensor(problem.maps, shape);
  torch::Tensor calibration =
      problem.calibration.empty() ? torch::Tensor() : complex_tensor(problem.calibration, shape);
  setup.noise = problem.sigma;

  if (!problem.noise.empty()) {
    const std::int64_t count = static_cast<std::int64_t>(problem.noise.size()) / problem.coils;
    const CoilWhitening whitening = coil_whitening(complex_tensor(problem.noise, {problem.coils, count}));
    for (torch::Tensor* const data : {&setup.kspace, &maps, &calibration})
      if (data->defined()) *data = whitened(whitening, *data);
    if (setup.noise == 0) setup.noise = whitening.sigma;
  }
  setup.shown_dhw = {problem.shown[2], problem.shown[1], problem.shown[0]};
  if (problem.shown[0] < i && readouts_are_whole(mask)) {
    mask = mask.narrow(2, 0, problem.shown[0]).contiguous();
    setup.kspace = without_oversampling(setup.kspace, mask);
    if (calibration.defined())
      calibration = without_oversampling(calibration, calibration.abs().sum(0).narrow(2, 0, problem.shown[0]) > 0);
    if (maps.defined()) maps = about_centre(maps, 3, problem.shown[0]).contiguous();
  }
  if (problem.virtual_coils > 0 && problem.virtual_coils < problem.coils) {
    const CoilCompression compression =
        coil_compression(calibration.defined() ? calibration : setup.kspace, problem.virtual_coils);
    for (torch::Tensor* const data : {&setup.kspace, &maps, &calibration})
      if (data->defined()) *data = compressed(compression, *data);
    setup.notices.push_back(std::to_string(problem.coils) + " coils combined to " +
                            std::to_string(problem.virtual_coils) + ", which hold " +
                            std::to_string(std::lround(1000 * compression.energy_kept) / 10.).substr(0, 4) +
                            " % of the signal");
  }
  if (!maps.defined()) {
    const torch::Tensor& source = calibration.defined() ? calibration : setup.kspace;
    const torch::Tensor sampled = calibration.defined() ? calibration.abs().sum(0) > 0 : mask;
    maps = espirit(source, required_region(sampled)).maps;
  }
  if (setup.noise == 0) {
    setup.noise = noise_of_periphery(setup.kspace, mask);
    setup.notices.push_back("no noise scan: the noise is judged from the edge of k-space");
  }
  setup.sense = std::make_shared<const CartesianSense>(maps, mask);
  return setup;
}

}  // namespace voxprior
