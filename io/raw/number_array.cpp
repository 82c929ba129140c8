#include "io/raw/number_array.h"

#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

std::vector<std::int64_t> index_of(std::int64_t position, const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> index(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    index[axis] = position % shape[axis];
    position /= shape[axis];
  }
  return index;
}

}  // namespace

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t n : shape) text += (text.empty() ? "" : ", ") + std::to_string(n);
  return "[" + text + "]";
}

std::int64_t checked_count(const std::filesystem::path& path, const std::vector<std::int64_t>& shape,
                           const RawLimits& limits) {
  std::int64_t left = limits.max_samples, count = 1;
  for (const std::int64_t n : shape) {
    if (n < 1) fail(ExitCode::input, path, ": its shape is ", shape_text(shape), "; every axis must be positive");
    left /= n;  // rounding down step by step gives floor(max / product)
    if (left < 1) {
      fail(ExitCode::input, path, ": its shape is ", shape_text(shape), ", more than the ", limits.max_samples,
           " numbers allowed; raise --max-samples if that is right");
    }
    count *= n;
  }
  return count;
}

void refuse_nonfinite(const std::filesystem::path& path, const NumberArray& array) {
  std::int64_t count = 0, first = 0;
  for (std::size_t n = 0; n < array.values.size(); ++n) {
    if (std::isfinite(array.values[n].real()) && std::isfinite(array.values[n].imag())) continue;
    if (count++ == 0) first = static_cast<std::int64_t>(n);
  }
  if (count == 0) return;
  fail(ExitCode::input, path, ": ", count, count == 1 ? " value is" : " values are",
       " NaN or infinite, the first at index ", shape_text(index_of(first, array.shape)),
       "; export the raw data again");
}

}  // namespace voxprior
