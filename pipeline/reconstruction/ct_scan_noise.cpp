#include "pipeline/reconstruction/ct_scan_noise.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "pipeline/noise/counts.h"
#include "pipeline/operators/ct_projector.h"
#include "pipeline/reconstruction/filtered_back_projection.h"

namespace voxprior {
namespace {

constexpr std::int64_t kSlicesTogether = 8;
const double kPi = std::acos(-1.0);

CtGeometry geometry_of(const CtScan& scan, std::int64_t slices, std::int64_t rows, std::int64_t columns) {
  CtGeometry g;
  g.volume_size = {slices, rows, columns};
  g.spacing_mm = scan.spacing_mm;
  g.detector_rows = slices;
  g.column_pitch_mm = std::min(scan.spacing_mm[0], scan.spacing_mm[1]);
  const auto half = static_cast<std::int64_t>(std::ceil(volume_radius_mm(g) / g.column_pitch_mm));
  g.detector_columns = 2 * half + 1;  // odd: the middle of a slice is seen by the middle of a column
  const std::int64_t enough = static_cast<std::int64_t>(std::ceil(kPi / 2 * static_cast<double>(g.detector_columns)));
  g.angles_rad = equal_angles(scan.views > 0 ? scan.views : enough, kPi);
  return g;
}

/// [V,R,U] line integrals as counted, in place. `first_slice` makes every ray of the volume one of its own.
void count_photons(torch::Tensor& p, const CtScan& scan, std::int64_t first_slice, std::int64_t all_slices) {
  const std::int64_t views = p.size(0), slices = p.size(1), columns = p.size(2);
  torch::Tensor current = (scan.modulation * p.amax(2).to(torch::kDouble)).exp();  // [V,R]
  current = (current / current.mean(0, true)).contiguous();
  const double* const share = current.data_ptr<double>();
  float* const rays = p.data_ptr<float>();
  for (std::int64_t v = 0; v < views; ++v)
    for (std::int64_t r = 0; r < slices; ++r) {
      const std::int64_t row = v * slices + r, first = (v * all_slices + first_slice + r) * columns;
      add_photon_noise(rays + row * columns, static_cast<std::size_t>(columns), scan.dose.photons * share[row],
                       scan.dose.electronic_sigma, scan.seed, static_cast<std::uint64_t>(first));
    }
}

}  // namespace

torch::Tensor ct_scan_noise(const torch::Tensor& attenuation, const CtScan& scan) {
  TORCH_CHECK(attenuation.dim() == 3 && attenuation.scalar_type() == torch::kFloat, "expected [D,H,W] float32");
  if (!(scan.modulation >= 0 && scan.modulation <= 1))
    fail(ExitCode::input, "the modulation of the tube current must be between 0 and 1, got ", scan.modulation);
  statistical_weights(torch::zeros({1}), scan.dose);  // refuses a dose that cannot be
  const torch::NoGradGuard no_grad;
  const std::int64_t slices = attenuation.size(0);
  torch::Tensor noise = torch::empty_like(attenuation, torch::MemoryFormat::Contiguous);
  for (std::int64_t first = 0; first < slices; first += kSlicesTogether) {
    const std::int64_t count = std::min(kSlicesTogether, slices - first);
    const CtGeometry geometry = geometry_of(scan, count, attenuation.size(1), attenuation.size(2));
    const torch::Tensor p = CtProjector(geometry).forward(attenuation.narrow(0, first, count).contiguous());
    torch::Tensor counted = p.clone(torch::MemoryFormat::Contiguous);
    count_photons(counted, scan, first, slices);
    noise.narrow(0, first, count).copy_(filtered_back_projection(geometry, counted - p, scan.kernel));
  }
  return noise;
}

}  // namespace voxprior
