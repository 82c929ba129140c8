#pragma once

#include <array>
#include <complex>
#include <cstdint>
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
  int threads = 1;
};

/// The k-space of CartesianSense (pipeline/operators), 0 where nothing is sampled. Loads LibTorch.
std::vector<std::complex<float>> simulate_kspace(const MriScan& scan);

/// Line integrals [view][row][column] of `attenuation` (1/mm) on `grid`. Loads LibTorch. Throws Error(ExitCode::input)
/// for a geometry that cannot be; `notices` receives what is outside the field of view.
std::vector<float> simulate_projections(const std::vector<float>& attenuation, const Geometry& grid,
                                        const ScanGeometry& scan, std::int64_t columns, std::int64_t rows, int threads,
                                        std::vector<std::string>& notices);

}  // namespace voxprior

/// What the compute module exports for them.
extern "C" void voxprior_simulate_kspace(const voxprior::MriScan& scan, std::vector<std::complex<float>>& kspace);
extern "C" void voxprior_simulate_projections(const std::vector<float>& attenuation, const voxprior::Geometry& grid,
                                              const voxprior::ScanGeometry& scan, std::int64_t columns,
                                              std::int64_t rows, int threads, std::vector<std::string>& notices,
                                              std::vector<float>& line_integrals);
