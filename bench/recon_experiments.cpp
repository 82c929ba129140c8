#include "bench/recon_experiments.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <memory>

#include "pipeline/calibration/ct_counts.h"
#include "pipeline/noise/counts.h"
#include "pipeline/noise/random.h"
#include "pipeline/operators/cartesian_sense.h"
#include "pipeline/operators/ct_projector.h"
#include "pipeline/operators/separable.h"
#include "pipeline/reconstruction/filtered_back_projection.h"
#include "pipeline/sampling/cartesian_masks.h"
#include "pipeline/sampling/coil_maps.h"

namespace voxprior {
namespace {

constexpr double kWaterPerMm = 0.02;
constexpr std::int64_t kCoils = 8;

template <typename... Numbers>
std::string formatted(const char* format, Numbers... numbers) {
  char text[160];
  std::snprintf(text, sizeof(text), format, numbers...);
  return text;
}

/// Standard normal numbers like `x`, in both parts of a complex one.
torch::Tensor white_noise(const torch::Tensor& x, std::uint64_t seed) {
  torch::Tensor noise = torch::empty((x.is_complex() ? torch::view_as_real(x) : x).sizes(), torch::kFloat32);
  fill_gaussian(noise.data_ptr<float>(), static_cast<std::size_t>(noise.numel()), seed, 1);
  return x.is_complex() ? torch::view_as_complex(noise) : noise;
}

/// Which phase encodings are sampled, [D,H,1] bool.
torch::Tensor poisson_disc(torch::IntArrayRef size, double acceleration, std::uint64_t seed) {
  MaskRequest request{size[1], size[0], acceleration, 0, seed};
  const double third = static_cast<double>(size[0] * size[1]) / acceleration / 3;
  request.calibration = static_cast<std::int64_t>(std::min(24., std::sqrt(third)));
  const std::vector<std::uint8_t> sampled = poisson_disc_points(request);
  return torch::tensor(torch::ArrayRef<std::uint8_t>(sampled)).view({size[0], size[1], 1}).to(torch::kBool);
}

CtGeometry geometry_of(torch::IntArrayRef size, const std::array<double, 3>& spacing_mm, const CtScan& scan) {
  CtGeometry geometry;
  geometry.volume_size = {size[0], size[1], size[2]};
  geometry.spacing_mm = spacing_mm;
  geometry.detector_rows = size[0];
  double magnification = 1, half_width_mm = volume_radius_mm(geometry);
  if (scan.fan) {
    geometry.beam = CtBeam::fan;
    geometry.source_to_isocentre_mm = 595;
    geometry.source_to_detector_mm = 1085.6;
    magnification = geometry.source_to_detector_mm / geometry.source_to_isocentre_mm;
    half_width_mm =
        geometry.source_to_detector_mm * std::tan(std::asin(half_width_mm / geometry.source_to_isocentre_mm));
  }
  geometry.column_pitch_mm = spacing_mm[0] * magnification;
  geometry.detector_columns = static_cast<std::int64_t>(std::ceil(2 * half_width_mm / geometry.column_pitch_mm)) + 2;
  geometry.angles_rad = equal_angles(scan.views, scan.fan ? 2 * M_PI : M_PI);
  return geometry;
}

/// The cubic B-spline around 0.
torch::Tensor cubic_b_spline(const torch::Tensor& x) {
  const torch::Tensor distance = x.abs(), near = 2. / 3 - distance.square() + distance.pow(3) / 2,
                      far = (2 - distance).clamp_min(0).pow(3) / 6;
  return torch::where(distance < 1, near, far);
}

/// [positions, count]: the cubic spline through `count` values at 0 .. count - 1, mirrored at the first and the last,
/// at `positions`. Values to coefficients and coefficients to the spline are one matrix each.
torch::Tensor spline_matrix(const torch::Tensor& positions, std::int64_t count) {
  constexpr std::int64_t kMirrored = 2;  // coefficients beyond each end that reach in
  const auto weights = [&](const torch::Tensor& x) {
    torch::Tensor folded = torch::zeros({x.size(0), count}, torch::kDouble);
    for (std::int64_t k = -kMirrored; k < count + kMirrored; ++k) {
      const std::int64_t inside = k < 0 ? -k : k >= count ? 2 * (count - 1) - k : k;
      folded.select(1, std::clamp<std::int64_t>(inside, 0, count - 1)) += cubic_b_spline(x - static_cast<double>(k));
    }
    return folded;
  };
  return weights(positions).matmul(torch::inverse(weights(torch::arange(count, torch::kDouble))));
}

}  // namespace

Experiment undersampled_mri(const torch::Tensor& truth, double acceleration, double noise, std::uint64_t seed) {
  const torch::IntArrayRef size = truth.sizes();
  const std::array<std::int64_t, 3> size_ijk{size[2], size[1], size[0]};
  std::vector<std::complex<float>> maps = ring_of_coils(size_ijk, kCoils);
  std::vector<float> phase = smooth_phase(size_ijk);
  const torch::Tensor mask = poisson_disc(size, acceleration, seed).expand(size).contiguous();
  const torch::Tensor angle = torch::tensor(torch::ArrayRef<float>(phase)).view(size);

  Experiment experiment;
  experiment.name = formatted("mri-r%g", acceleration);
  experiment.maps = torch::from_blob(maps.data(), {kCoils, size[0], size[1], size[2]}, torch::kComplexFloat).clone();
  experiment.problem.a = std::make_shared<CartesianSense>(experiment.maps, mask);
  const torch::Tensor clean = experiment.problem.a->forward(torch::polar(truth, angle));
  experiment.problem.y = clean + noise * white_noise(clean, seed) * mask;
  experiment.problem.noise = noise;
  experiment.description = formatted("MRI, 3D, 8 coils, Poisson discs, %.1f %% of k-space, noise %g %%",
                                     100 * mask.to(torch::kFloat32).mean().item().toDouble(), 100 * noise);
  return experiment;
}

Experiment ct_scan(const torch::Tensor& truth, const std::array<double, 3>& spacing_mm, const CtScan& scan,
                   std::uint64_t seed) {
  const CtGeometry geometry = geometry_of(truth.sizes(), spacing_mm, scan);
  Experiment experiment;
  experiment.name = formatted(scan.fan ? "ct-fan-%lld" : "ct-parallel-%lld", static_cast<long long>(scan.views));
  experiment.kind = ProblemKind::ct;
  experiment.unit = kWaterPerMm;
  ReconstructionProblem& problem = experiment.problem;
  problem.a = std::make_shared<CtProjector>(geometry);
  problem.y = problem.a->forward(kWaterPerMm * truth).contiguous();
  add_photon_noise(problem.y.data_ptr<float>(), static_cast<std::size_t>(problem.y.numel()), scan.photons, 0, seed);
  problem.weights = statistical_weights(problem.y, {scan.photons, 0});
  problem.noise = 1;  // the weights are 1 / variance
  problem.unit = kWaterPerMm;
  problem.start = filtered_back_projection(geometry, problem.y, RampWindow::hann);
  experiment.baselines = {
      {"FBP, Ram-Lak", filtered_back_projection(geometry, problem.y, RampWindow::none) / kWaterPerMm},
      {"FBP, Shepp-Logan", filtered_back_projection(geometry, problem.y, RampWindow::shepp_logan) / kWaterPerMm},
      {"FBP, cosine", filtered_back_projection(geometry, problem.y, RampWindow::cosine) / kWaterPerMm},
      {"FBP, Hann", problem.start / kWaterPerMm}};
  experiment.description = formatted("CT, %s beam, %lld views, %g photons a ray", scan.fan ? "fan" : "parallel",
                                     static_cast<long long>(scan.views), scan.photons);
  return experiment;
}

Experiment thick_slices(const torch::Tensor& truth, std::int64_t factor, double noise, std::uint64_t seed) {
  ThickSlices slices;
  slices.thin_count = truth.size(0);
  slices.thick_count = truth.size(0) / factor;
  slices.thick_spacing_mm = slices.thickness_mm = static_cast<double>(factor);
  slices.first_mm = static_cast<double>(factor - 1) / 2;

  Experiment experiment;
  experiment.name = formatted("superres-%lld", static_cast<long long>(factor));
  experiment.kind = ProblemKind::superres;
  ReconstructionProblem& problem = experiment.problem;
  problem.a = std::make_shared<Separable>(std::array<std::int64_t, 3>{truth.size(0), truth.size(1), truth.size(2)},
                                          std::array<torch::Tensor, 3>{slice_profile_matrix(slices), {}, {}});
  const torch::Tensor clean = problem.a->forward(truth);
  problem.y = clean + noise * white_noise(clean, seed);
  problem.noise = noise;
  problem.unit = 1;
  const torch::Tensor positions =
      (torch::arange(slices.thin_count, torch::kDouble) - slices.first_mm) / slices.thick_spacing_mm;
  const torch::Tensor spline =
      spline_matrix(positions.clamp(0, static_cast<double>(slices.thick_count - 1)), slices.thick_count);
  problem.start = torch::tensordot(spline.to(torch::kFloat32), problem.y, {1}, {0}).contiguous();
  experiment.baselines = {{"cubic spline", problem.start}};
  experiment.description =
      formatted("thick slices, %lld to 1, noise %g %%", static_cast<long long>(factor), 100 * noise);
  return experiment;
}

}  // namespace voxprior
