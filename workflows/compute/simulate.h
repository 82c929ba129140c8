#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <string>
#include <vector>

#include "io/raw/projections.h"
#include "io/volume.h"

namespace voxprior {

/// A scan to simulate without noise. Arrays are [k][j][i], i fastest, those of coils [coil][k][j][i].
struct MriScan {
  std::array<std::int64_t, 3> size_ijk{};
  std::int64_t coils = 1;
  std::vector<std::complex<float>> image, maps;
  std::vector<std::uint8_t> sampled;
  std::vector<float>
      trajectory;  ///< [sample][i, j, k] in cycles per field of view; empty: on the grid, as sampled says
  int threads = 1;
};

/// The k-space of CartesianSense (pipeline/operators), 0 where nothing is sampled, or [coil][sample] of
/// NonCartesianSense. Loads LibTorch.
std::vector<std::complex<float>> simulate_kspace(const MriScan& scan);

/// Line integrals [view][row][column] of `attenuation` (1/mm) on `grid`. Loads LibTorch. Throws Error(ExitCode::input)
/// for a geometry that cannot be; `notices` receives what is outside the field of view.
std::vector<float> simulate_projections(const std::vector<float>& attenuation, const Geometry& grid,
                                        const ScanGeometry& scan, std::int64_t columns, std::int64_t rows, int threads,
                                        std::vector<std::string>& notices);

/// A CT scan to simulate: see CtScan (pipeline/reconstruction/ct_scan_noise.h).
struct CtExposure {
  double photons = 2e4, electronic_sigma = 0, modulation = 0, water_per_mm = 0.02;
  std::int64_t views = 0;       ///< 0: as many as the slice needs
  std::string kernel = "hann";  ///< ram-lak, shepp-logan, cosine or hann
  std::uint64_t seed = 0;
  int threads = 1;
};

/// The noise in HU that such a scan of `hounsfield` on `grid` has. Loads LibTorch.
std::vector<float> simulate_ct_noise(const std::vector<float>& hounsfield, const Geometry& grid,
                                     const CtExposure& exposure);

}  // namespace voxprior

/// What the compute module exports for them.
extern "C" void voxprior_simulate_kspace(const voxprior::MriScan& scan, std::vector<std::complex<float>>& kspace);
extern "C" void voxprior_simulate_projections(const std::vector<float>& attenuation, const voxprior::Geometry& grid,
                                              const voxprior::ScanGeometry& scan, std::int64_t columns,
                                              std::int64_t rows, int threads, std::vector<std::string>& notices,
                                              std::vector<float>& line_integrals);
extern "C" void voxprior_simulate_ct_noise(const std::vector<float>& hounsfield, const voxprior::Geometry& grid,
                                           const voxprior::CtExposure& exposure, std::vector<float>& noise);
