// The parts of `voxprior simulate` that need LibTorch.
#include "workflows/compute/simulate.h"

#include <torch/types.h>

#include "pipeline/operators/cartesian_sense.h"
#include "pipeline/operators/ct_projector.h"
#include "pipeline/operators/non_cartesian_sense.h"
#include "pipeline/reconstruction/ct_scan_noise.h"
#include "workflows/compute/ct_setup.h"
#include "workflows/compute/device.h"
#include "workflows/compute/resource_errors.h"

namespace voxprior {
namespace {

/// A view of `values`, which must outlive it.
template <typename T>
torch::Tensor view_of(const std::vector<T>& values, const std::vector<std::int64_t>& shape, torch::ScalarType type) {
  return torch::from_blob(const_cast<T*>(values.data()), shape, type);
}

RampWindow kernel_called(const std::string& name) {
  if (name == "ram-lak") return RampWindow::none;
  if (name == "shepp-logan") return RampWindow::shepp_logan;
  return name == "cosine" ? RampWindow::cosine : RampWindow::hann;
}

}  // namespace
}  // namespace voxprior

void voxprior_simulate_kspace(const voxprior::MriScan& scan, std::vector<std::complex<float>>& kspace) {
  using namespace voxprior;
  with_resource_errors([&] {
    use_cpu(scan.threads);
    const torch::NoGradGuard no_grad;
    const auto& [i, j, k] = scan.size_ijk;
    const torch::Tensor maps = view_of(scan.maps, {scan.coils, k, j, i}, torch::kComplexFloat);
    const torch::Tensor image = view_of(scan.image, {k, j, i}, torch::kComplexFloat);
    const auto samples = static_cast<std::int64_t>(scan.trajectory.size()) / 3;
    const torch::Tensor y =
        (samples == 0
             ? CartesianSense(maps, view_of(scan.sampled, {k, j, i}, torch::kUInt8).to(torch::kBool)).forward(image)
             : NonCartesianSense(maps, view_of(scan.trajectory, {samples, 3}, torch::kFloat32).flip({1}).contiguous())
                   .forward(image))
            .contiguous();
    const auto* first = reinterpret_cast<const std::complex<float>*>(y.data_ptr<c10::complex<float>>());
    kspace.assign(first, first + y.numel());
  });
}

void voxprior_simulate_projections(const std::vector<float>& attenuation, const voxprior::Geometry& grid,
                                   const voxprior::ScanGeometry& scan, std::int64_t columns, std::int64_t rows,
                                   int threads, std::vector<std::string>& notices, std::vector<float>& line_integrals) {
  using namespace voxprior;
  with_resource_errors([&] {
    use_cpu(threads);
    const torch::NoGradGuard no_grad;
    const CtProjector projector(projector_geometry(scan, grid, columns, rows));
    notices = field_of_view_notices(projector.geometry());
    const auto& size = grid.size;
    const torch::Tensor y =
        projector.forward(view_of(attenuation, {size[2], size[1], size[0]}, torch::kFloat32)).contiguous();
    line_integrals.assign(y.data_ptr<float>(), y.data_ptr<float>() + y.numel());
  });
}

void voxprior_simulate_ct_noise(const std::vector<float>& hounsfield, const voxprior::Geometry& grid,
                                const voxprior::CtExposure& exposure, std::vector<float>& noise) {
  using namespace voxprior;
  with_resource_errors([&] {
    use_cpu(exposure.threads);
    const torch::NoGradGuard no_grad;
    const auto& [i, j, k] = grid.size;
    CtScan scan;
    scan.spacing_mm = grid.spacing_mm;
    scan.views = exposure.views;
    scan.dose = {exposure.photons, exposure.electronic_sigma};
    scan.modulation = exposure.modulation;
    scan.kernel = kernel_called(exposure.kernel);
    scan.seed = exposure.seed;
    const double per_unit = exposure.water_per_mm / 1000;  // 1/mm for each HU
    const torch::Tensor attenuation =
        ((view_of(hounsfield, {k, j, i}, torch::kFloat32) + 1000) * per_unit).clamp_min(0).contiguous();
    const torch::Tensor result = (ct_scan_noise(attenuation, scan) / per_unit).contiguous();
    noise.assign(result.data_ptr<float>(), result.data_ptr<float>() + result.numel());
  });
}
