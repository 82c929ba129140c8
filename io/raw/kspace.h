#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "io/raw/number_array.h"
#include "io/volume.h"

namespace voxprior {

/// Multi-coil MRI raw data, on a Cartesian grid unless there is a trajectory. The index i runs along the readout, j and
/// k along the phase encodings; the centre of k-space lies at index N/2 (rounded down), and so does, in the image, the
/// point that the gradients see as their centre. Units are the scanner's.
struct KSpace {
  std::int64_t coils = 0;
  Geometry grid;        ///< of the image of everything encoded: as many voxels as k-space has positions
  bool placed = false;  ///< false: the file says nothing about spacing and place, `grid` has 1 mm and no turn
  std::array<std::int64_t, 3> shown{};  ///< voxels of `grid` to keep, about its centre N/2: less than all where the
                                        ///< scanner encoded more than it wanted to show (oversampling)

  std::vector<std::complex<float>> samples;      ///< [coil][k][j][i], i fastest; 0 where nothing was sampled
  std::vector<std::uint8_t> sampled;             ///< [k][j][i], 1 where a sample was taken
  std::vector<std::complex<float>> calibration;  ///< a separate calibration scan on the same grid; often empty

  /// Where samples were taken off the grid: [sample][i, j, k] in cycles per field of view, so -N/2 .. N/2. Then samples
  /// are [coil][sample], readout after readout, and sampled and calibration are empty. Empty: on the grid.
  std::vector<float> trajectory;
  std::int64_t readout_length = 0;  ///< samples of each readout of a trajectory

  std::vector<std::complex<float>> noise;  ///< [coil][n]: samples without signal; often empty
  std::vector<std::string> notices;        ///< what a user should know about the file

  bool on_grid() const { return trajectory.empty(); }
  /// Samples of each coil: as many as the grid has positions, or the trajectory.
  std::int64_t positions() const {
    return on_grid() ? grid.voxel_count() : static_cast<std::int64_t>(trajectory.size()) / 3;
  }
  std::int64_t noise_samples() const { return coils > 0 ? static_cast<std::int64_t>(noise.size()) / coils : 0; }
};

/// Which of several scans in one file to take: "slice" -> 3. The names are those of ISMRMRD's counters: slice,
/// contrast, phase, repetition, set; and "encoding".
using KSpaceSelection = std::map<std::string, int>;

/// The formats of raw data, told by the ending of a name.
enum class RawFormat { ismrmrd, npy, cfl };

/// .h5 and .hdf5, .npy, .cfl and .hdr; throws Error(ExitCode::usage) for others.
RawFormat raw_format_of(const std::filesystem::path& path);

/// Reads k-space from ISMRMRD, numpy or BART files (docs/raw-data.md). Throws Error(ExitCode::input) for what is
/// damaged or ambiguous, without a sample, or has NaN or infinite samples.
KSpace read_kspace(const std::filesystem::path& path, const KSpaceSelection& selection, const RawLimits& limits);

/// Writes k-space in the format that the name asks for. .npy and .cfl hold the samples alone: [coil, k, j, i], off the
/// grid [coil, readout, sample].
void write_kspace(const std::filesystem::path& path, const KSpace& kspace, Overwrite overwrite);

/// K-space out of an array [coil, k, j, i], or [coil, j, i] for one slice. A position where every coil is 0 was not
/// sampled.
KSpace kspace_from_array(const std::filesystem::path& path, NumberArray array);

/// An array from .npy or .cfl.
NumberArray read_array(const std::filesystem::path& path, const RawLimits& limits);
void write_array(const std::filesystem::path& path, const NumberArray& array, Overwrite overwrite);

/// Throws Error(ExitCode::input) when nothing was sampled: no coil, or not one sample that is not 0.
void refuse_without_samples(const std::filesystem::path& path, const KSpace& kspace);

}  // namespace voxprior
