#pragma once

#include <filesystem>

#include "base/atomic_file.h"
#include "io/raw/number_array.h"

namespace voxprior {

/// Reads a pair of BART files: NAME.hdr, text with up to 16 sizes, and NAME.cfl, complex64, little endian, the first
/// axis fastest. `path` is either of the two. BART's axes are 0 to 2 read, phase and second phase, 3 coils, 4 sets of
/// maps. The shape comes back slowest axis first and without the slow axes of size 1: BART's (180, 230, 1, 8, 1, ..) is
/// [8, 1, 230, 180] here, and the values are in the order in which they lie in the file.
/// Throws Error(ExitCode::input) when one of the two is missing, the .cfl is longer or shorter than the .hdr says, or a
/// value is NaN or infinite.
NumberArray read_cfl(const std::filesystem::path& path, const RawLimits& limits = {});

/// Writes both files; the .hdr comes last, so that a pair with a header is complete. At most 16 axes.
void write_cfl(const std::filesystem::path& path, const NumberArray& array, Overwrite overwrite);

/// Both files of a pair: .cfl first.
std::vector<std::filesystem::path> cfl_pair(const std::filesystem::path& path);

}  // namespace voxprior
