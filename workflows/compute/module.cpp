#include "workflows/compute/module.h"

#include <dlfcn.h>

#include <filesystem>

#include "base/error.h"
#include "workflows/blas_kernels.h"
#include "workflows/compute/denoise_session.h"
#include "workflows/compute/recon_session.h"
#include "workflows/compute/simulate.h"
#include "workflows/platform.h"

namespace voxprior {
namespace {

std::filesystem::path module_path() {
  const auto folder = executable_path().parent_path();
  for (const auto& place : {folder, folder.parent_path() / "lib" / "voxprior"}) {
    if (std::filesystem::exists(place / "libvoxprior_compute.so")) return place / "libvoxprior_compute.so";
  }
  fail(ExitCode::bug, folder / "libvoxprior_compute.so", ": missing; install voxprior again");
}

/// Never unloaded: LibTorch keeps threads and registries for as long as the process lives.
void* load_module() {
  const auto path = module_path();
  const BlasKernels kernels;
  void* const module = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (module == nullptr) fail(ExitCode::bug, path, ": cannot be loaded: ", dlerror(), "; install voxprior again");
  return module;
}

}  // namespace

void* compute_symbol(const char* name) {
  static void* const module = load_module();
  void* const symbol = dlsym(module, name);
  if (symbol == nullptr) fail(ExitCode::bug, "libvoxprior_compute.so: no ", name, " in it; install voxprior again");
  return symbol;
}

std::unique_ptr<DenoiseSession> open_denoise_session(const SessionOptions& options) {
  const auto open = compute_function<decltype(voxprior_open_denoise_session)>("voxprior_open_denoise_session");
  return std::unique_ptr<DenoiseSession>(open(options));
}

std::unique_ptr<ReconSession> open_recon_session(const ReconSettings& settings) {
  const auto open = compute_function<decltype(voxprior_open_recon_session)>("voxprior_open_recon_session");
  return std::unique_ptr<ReconSession>(open(settings));
}

std::vector<std::complex<float>> simulate_kspace(const MriScan& scan) {
  std::vector<std::complex<float>> kspace;
  compute_function<decltype(voxprior_simulate_kspace)>("voxprior_simulate_kspace")(scan, kspace);
  return kspace;
}

std::vector<float> simulate_projections(const std::vector<float>& attenuation, const Geometry& grid,
                                        const ScanGeometry& scan, std::int64_t columns, std::int64_t rows, int threads,
                                        std::vector<std::string>& notices) {
  std::vector<float> line_integrals;
  const auto project = compute_function<decltype(voxprior_simulate_projections)>("voxprior_simulate_projections");
  project(attenuation, grid, scan, columns, rows, threads, notices, line_integrals);
  return line_integrals;
}

std::vector<float> simulate_ct_noise(const std::vector<float>& hounsfield, const Geometry& grid,
                                     const CtExposure& exposure) {
  std::vector<float> noise;
  compute_function<decltype(voxprior_simulate_ct_noise)>("voxprior_simulate_ct_noise")(hounsfield, grid, exposure,
                                                                                       noise);
  return noise;
}

}  // namespace voxprior
