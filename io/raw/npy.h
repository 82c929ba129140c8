#pragma once

#include <filesystem>

#include "base/atomic_file.h"
#include "io/raw/number_array.h"

namespace voxprior {

/// Reads a numpy array: versions 1, 2 and 3 of the format, C and Fortran order, either byte order, elements of type
/// bool, (u)int8, (u)int16, (u)int32, float32, float64, complex64 or complex128, which become float32 parts. Nothing is
/// executed, object arrays are refused. The file must be as long as its header says, to the byte.
/// Throws Error(ExitCode::input) for anything else, and for NaN and infinite values.
///
/// NumPy Enhancement Proposal 1, A simple file format for NumPy arrays.
NumberArray read_npy(const std::filesystem::path& path, const RawLimits& limits = {});

/// Writes version 1, C order, little endian: |b1, <f4 or <c8 after the kind of the array.
void write_npy(const std::filesystem::path& path, const NumberArray& array, Overwrite overwrite);

}  // namespace voxprior
