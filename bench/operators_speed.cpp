// operators_speed [THREADS]: the time that the measurement operators take, as a Markdown table. Processor time beside
// the time on the clock: on a busy machine only the former can be compared.
#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "pipeline/calibration/espirit.h"
#include "pipeline/core/block_cache.h"
#include "pipeline/operators/cartesian_sense.h"
#include "pipeline/operators/ct_projector.h"
#include "pipeline/operators/non_cartesian_sense.h"
#include "pipeline/reconstruction/filtered_back_projection.h"

namespace voxprior {
namespace {

const double kPi = std::acos(-1.0);

/// One row of the table: the second of two calls.
template <typename Work>
void row(const char* what, const char* size, const Work& work) {
  work();
  const std::clock_t processor = std::clock();
  const auto start = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> clock = std::chrono::steady_clock::now() - start;
  std::printf("| %s | %s | %.2f | %.2f |\n", what, size, static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC,
              clock.count());
  std::fflush(stdout);
}

void mri() {
  const char* const size = "160 x 192 x 160, 8 coils";
  torch::manual_seed(1);
  const torch::Tensor maps = torch::randn({8, 160, 192, 160}, torch::kComplexFloat);
  const torch::Tensor mask = (torch::rand({160, 192, 1}) < 0.25).expand({160, 192, 160}).contiguous();
  const torch::Tensor x = torch::randn({160, 192, 160}, torch::kComplexFloat);
  const CartesianSense sense(maps, mask);
  const torch::Tensor y = sense.forward(x);
  row("SENSE forward", size, [&] { sense.forward(x); });
  row("SENSE adjoint", size, [&] { sense.adjoint(y); });
  row("SENSE normal, readout fully sampled", size, [&] { sense.normal(x); });
  row("ESPIRiT", "230 x 180, 8 coils", [k = torch::randn({8, 1, 230, 180}, torch::kComplexFloat)] {
    espirit(k, {1, 24, 24});
  });

  const std::int64_t spokes = 200, samples = 512;
  const torch::Tensor angle = torch::arange(spokes, torch::kDouble) * (kPi * (std::sqrt(5.0) - 1) / 2);
  const torch::Tensor radius = (torch::arange(samples, torch::kDouble) - samples / 2) * (256.0 / samples);
  const torch::Tensor along_h = torch::outer(torch::sin(angle), radius).reshape(-1),
                      along_w = torch::outer(torch::cos(angle), radius).reshape(-1);
  const torch::Tensor spoke = torch::stack({torch::zeros_like(along_h), along_h, along_w}, 1).to(torch::kFloat);
  const NonCartesianSense radial(torch::randn({8, 1, 256, 256}, torch::kComplexFloat), spoke);
  const torch::Tensor image = torch::randn({1, 256, 256}, torch::kComplexFloat), data = radial.forward(image);
  row("NUFFT forward, 200 spokes of 512", "256 x 256, 8 coils", [&] { radial.forward(image); });
  row("NUFFT adjoint", "256 x 256, 8 coils", [&] { radial.adjoint(data); });
  row("NUFFT normal (Toeplitz)", "256 x 256, 8 coils", [&] { radial.normal(image); });
}

CtGeometry scan(CtBeam beam, std::array<std::int64_t, 3> size, std::int64_t columns, std::int64_t views) {
  CtGeometry g;
  g.beam = beam;
  g.volume_size = size;
  g.detector_rows = size[0];
  g.detector_columns = columns;
  g.column_pitch_mm = g.row_pitch_mm = beam == CtBeam::parallel ? 1 : 1.5;
  g.source_to_isocentre_mm = 600;
  g.source_to_detector_mm = 900;
  g.angles_rad = equal_angles(views, beam == CtBeam::parallel ? kPi : 2 * kPi);
  return g;
}

void ct(const char* beam, const char* size, const CtGeometry& g) {
  std::printf("| **%s** | | | |\n", beam);
  const CtProjector a(g);
  const torch::Tensor x = torch::rand(a.domain()), y = a.forward(x);
  row("forward", size, [&] { a.forward(x); });
  row("adjoint", size, [&] { a.adjoint(y); });
  if (g.beam == CtBeam::cone)
    row("fdk()", size, [&] { fdk(g, y); });
  else
    row("filtered_back_projection()", size, [&] { filtered_back_projection(g, y); });
}

}  // namespace
}  // namespace voxprior

int main(int argc, char** argv) {
  using voxprior::CtBeam;
  voxprior::cache_tensor_memory();
  at::set_num_threads(argc > 1 ? std::atoi(argv[1]) : 2);
  const torch::NoGradGuard no_grad;
  std::printf("| operator | size | processor s | clock s |\n|---|---|---|---|\n");
  voxprior::mri();
  voxprior::ct("parallel", "512 x 512, 360 views x 729", voxprior::scan(CtBeam::parallel, {1, 512, 512}, 729, 360));
  voxprior::ct("fan", "16 x 256 x 256, 180 views x 384", voxprior::scan(CtBeam::fan, {16, 256, 256}, 384, 180));
  voxprior::ct("cone", "128 x 128 x 128, 180 views x 128 x 192",
               voxprior::scan(CtBeam::cone, {128, 128, 128}, 192, 180));
}
