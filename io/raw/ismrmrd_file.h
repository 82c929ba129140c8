#pragma once

#include <filesystem>

#include "base/atomic_file.h"
#include "io/raw/kspace.h"

namespace voxprior {

/// Reads MRI raw data in the ISMRMRD format (HDF5, group "dataset"). The file is opened for reading alone.
///
/// Readouts are put where their counters, the encoding limits and their centre sample say; averages are averaged. Noise
/// scans and separate calibration lines are kept apart; navigators, phase corrections and dummies are left out. One
/// slice, contrast, phase, repetition and set of one encoding is taken: the only one, or that of `selection`. Readouts
/// off the grid say where they were sampled, in three dimensions or in two and the phase encoding of a stack. Refused:
/// such without a trajectory, lines outside the encoded matrix, and what the HDF5 library cannot read whole. Throws
/// Error(ExitCode::input), or Error(ExitCode::usage) for a selection that the file does not have.
///
/// Inati et al., ISMRM Raw data format: a proposed standard for MRI raw datasets. Magn Reson Med 2017; 77:411-421.
KSpace read_ismrmrd(const std::filesystem::path& path, const KSpaceSelection& selection, const RawLimits& limits);

/// Writes noise and every readout with a sample. A readout on the grid is sampled whole or not at all; off it, its
/// trajectory is written with it, in cycles per field of view.
void write_ismrmrd(const std::filesystem::path& path, const KSpace& kspace, Overwrite overwrite);

}  // namespace voxprior
