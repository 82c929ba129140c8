#include "workflows/compute/mri_setup.h"

#include <cmath>

#include "pipeline/calibration/calibration_region.h"
#include "pipeline/calibration/coil_compression.h"
#include "pipeline/calibration/coil_whitening.h"
#include "pipeline/calibration/espirit.h"
#include "pipeline/calibration/off_grid.h"
#include "pipeline/operators/cartesian_sense.h"
#include "pipeline/operators/centred_fft.h"
#include "pipeline/operators/non_cartesian_sense.h"

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

namespace {

torch::Tensor maps_of(MriProblem& problem) {
  const auto& [i, j, k] = problem.size_ijk;
  return problem.maps.empty() ? torch::Tensor() : complex_tensor(problem.maps, {problem.coils, k, j, i});
}

/// Whitens what is given of k-space, maps and calibration by the noise scan, if there is one.
void whiten(MriProblem& problem, const std::vector<torch::Tensor*>& data, MriSetup& setup) {
  setup.noise = problem.sigma;
  if (problem.noise.empty()) return;
  const std::int64_t count = static_cast<std::int64_t>(problem.noise.size()) / problem.coils;
  const CoilWhitening whitening = coil_whitening(complex_tensor(problem.noise, {problem.coils, count}));
  for (torch::Tensor* const one : data)
    if (one->defined()) *one = whitened(whitening, *one);
  if (setup.noise == 0) setup.noise = whitening.sigma;
}

/// Combines the coils of all of them, the first of which is defined and says how, to fewer.
void compress(const MriProblem& problem, const torch::Tensor& source, const std::vector<torch::Tensor*>& data,
              MriSetup& setup) {
  if (problem.virtual_coils == 0 || problem.virtual_coils >= problem.coils) return;
  const CoilCompression compression = coil_compression(source, problem.virtual_coils);
  for (torch::Tensor* const one : data)
    if (one->defined()) *one = compressed(compression, *one);
  setup.notices.push_back(
      std::to_string(problem.coils) + " coils combined to " + std::to_string(problem.virtual_coils) + ", which hold " +
      std::to_string(std::lround(1000 * compression.energy_kept) / 10.).substr(0, 4) + " % of the signal");
}

const char* const kJudgedNoise = "no noise scan: the noise is judged from the edge of k-space";

MriSetup set_up_on_grid(MriProblem& problem) {
  const auto& [i, j, k] = problem.size_ijk;
  const std::vector<std::int64_t> shape{problem.coils, k, j, i};
  MriSetup setup;
  setup.kspace = complex_tensor(problem.samples, shape);
  torch::Tensor mask = torch::from_blob(problem.sampled.data(), {k, j, i}, torch::kUInt8).to(torch::kBool);
  torch::Tensor maps = maps_of(problem);
  torch::Tensor calibration =
      problem.calibration.empty() ? torch::Tensor() : complex_tensor(problem.calibration, shape);
  const std::vector<torch::Tensor*> data{&setup.kspace, &maps, &calibration};
  whiten(problem, data, setup);
  if (problem.shown[0] < i && readouts_are_whole(mask)) {
    mask = mask.narrow(2, 0, problem.shown[0]).contiguous();
    setup.kspace = without_oversampling(setup.kspace, mask);
    if (calibration.defined())
      calibration = without_oversampling(calibration, calibration.abs().sum(0).narrow(2, 0, problem.shown[0]) > 0);
    if (maps.defined()) maps = about_centre(maps, 3, problem.shown[0]).contiguous();
  }
  compress(problem, calibration.defined() ? calibration : setup.kspace, data, setup);
  if (!maps.defined()) {
    const torch::Tensor& source = calibration.defined() ? calibration : setup.kspace;
    const torch::Tensor sampled = calibration.defined() ? calibration.abs().sum(0) > 0 : mask;
    maps = espirit(source, required_region(sampled)).maps;
  }
  if (setup.noise == 0) {
    setup.noise = noise_of_periphery(setup.kspace, mask);
    setup.notices.push_back(kJudgedNoise);
  }
  setup.sense = std::make_shared<const CartesianSense>(maps, mask);
  return setup;
}

MriSetup set_up_off_grid(MriProblem& problem) {
  const std::array<std::int64_t, 3> sizes{problem.size_ijk[2], problem.size_ijk[1], problem.size_ijk[0]};
  const std::int64_t count = static_cast<std::int64_t>(problem.trajectory.size()) / 3;
  const torch::Tensor positions =
      torch::from_blob(problem.trajectory.data(), {count, 3}, torch::kFloat32).flip({1}).contiguous();
  MriSetup setup;
  setup.kspace = complex_tensor(problem.samples, {problem.coils, count});
  torch::Tensor maps = maps_of(problem);
  const std::vector<torch::Tensor*> data{&setup.kspace, &maps};
  whiten(problem, data, setup);
  compress(problem, setup.kspace, data, setup);
  if (!maps.defined()) {
    const GriddedCentre centre = gridded_centre(setup.kspace, positions, sizes);
    maps = espirit(centre.kspace, centre.region).maps;
  }
  if (setup.noise == 0) {
    setup.noise = noise_of_periphery(setup.kspace, positions, sizes);
    setup.notices.push_back(kJudgedNoise);
  }
  setup.sense = std::make_shared<const NonCartesianSense>(maps, positions);
  return setup;
}

}  // namespace

MriSetup set_up(MriProblem& problem) {
  MriSetup setup = problem.trajectory.empty() ? set_up_on_grid(problem) : set_up_off_grid(problem);
  setup.shown_dhw = {problem.shown[2], problem.shown[1], problem.shown[0]};
  return setup;
}

}  // namespace voxprior
