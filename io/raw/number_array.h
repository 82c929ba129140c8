#pragma once

#include <complex>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace voxprior {

/// Numbers on a grid of any number of axes, as files of raw data hold them.
struct NumberArray {
  enum class Kind { boolean, real, complex };

  Kind kind = Kind::complex;                ///< what the file said; the values are complex all the same
  std::vector<std::int64_t> shape;          ///< slowest axis first, as numpy prints it
  std::vector<std::complex<float>> values;  ///< the last axis runs fastest
};

/// How much a reader takes before it refuses.
struct RawLimits {
  std::int64_t max_samples = std::int64_t{1} << 31;  ///< complex numbers, checked before memory is taken for them
};

/// "[8, 230, 180]".
std::string shape_text(const std::vector<std::int64_t>& shape);

/// The product of `shape`. Throws Error(ExitCode::input) when an axis is not positive or the product passes
/// `limits.max_samples`, without overflowing.
std::int64_t checked_count(const std::filesystem::path& path, const std::vector<std::int64_t>& shape,
                           const RawLimits& limits);

/// Throws Error(ExitCode::input) that says how many values are NaN or infinite and where the first one is.
void refuse_nonfinite(const std::filesystem::path& path, const NumberArray& array);

}  // namespace voxprior
