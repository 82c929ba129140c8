#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace voxprior {

/// A number as DICOM's value representation DS (PS3.5 6.2): at most 16 characters, with as many digits as fit in them.
/// `value` must be finite.
std::string decimal_string(double value);

/// Several of them, as one attribute holds them: with backslashes between.
template <std::size_t N>
std::string decimal_strings(const std::array<double, N>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : "\\") + decimal_string(value);
  return text;
}

/// The number that decimal_string() writes: what a reader will compute with.
double rounded_to_decimal_string(double value);

}  // namespace voxprior
