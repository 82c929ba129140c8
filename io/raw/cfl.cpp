#include "io/raw/cfl.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

#include "base/error.h"
#include "io/stream/byte_order.h"
#include "io/stream/input_stream.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kAxes = 16, kBytesPerValue = 8, kChunkValues = std::size_t{1} << 17;
constexpr std::uint64_t kLongestHeader = 1 << 20;

std::string read_text(const fs::path& path) {
  if (check_input_file(path) > kLongestHeader) fail(ExitCode::input, path, ": is too long for a BART header");
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) fail(ExitCode::input, path, ": cannot be read");
  return text.str();
}

/// BART's sizes, the first axis fastest, out of the line that follows "# Dimensions".
std::vector<std::int64_t> read_sizes(const fs::path& path) {
  std::istringstream lines(read_text(path));
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("# Dimensions", 0) != 0) continue;
    std::getline(lines, line);
    std::istringstream numbers(line);
    std::vector<std::int64_t> sizes;
    for (std::int64_t n; numbers >> n;) sizes.push_back(n);
    if (!numbers.eof() || sizes.empty() || sizes.size() > kAxes) break;
    return sizes;
  }
  fail(ExitCode::input, path, ": is no BART header: 1 to 16 whole numbers should follow \"# Dimensions\"");
}

}  // namespace

std::vector<fs::path> cfl_pair(const fs::path& path) {
  fs::path data = path, header = path;
  return {data.replace_extension(".cfl"), header.replace_extension(".hdr")};
}

NumberArray read_cfl(const fs::path& path, const RawLimits& limits) {
  const std::vector<fs::path> pair = cfl_pair(path);
  NumberArray array;
  array.shape = read_sizes(pair[1]);
  const auto count = static_cast<std::size_t>(checked_count(pair[1], array.shape, limits));
  while (array.shape.size() > 1 && array.shape.back() == 1) array.shape.pop_back();
  std::reverse(array.shape.begin(), array.shape.end());

  const std::uint64_t found = check_input_file(pair[0]);
  if (found != count * kBytesPerValue) {
    fail(ExitCode::input, pair[0], ": holds ", found, " bytes, its .hdr promises ", count * kBytesPerValue,
         "; copy or download both files again");
  }
  const std::unique_ptr<InputStream> stream = open_plain(pair[0]);
  array.values.resize(count);
  std::vector<unsigned char> chunk(kChunkValues * kBytesPerValue);
  for (std::size_t done = 0; done < count;) {
    const std::size_t wanted = std::min(kChunkValues, count - done);
    if (stream->read(chunk.data(), wanted * kBytesPerValue) != wanted * kBytesPerValue)
      fail(ExitCode::input, pair[0], ": ended while it was read");
    for (std::size_t n = 0; n < wanted; ++n) {
      const unsigned char* bytes = chunk.data() + n * kBytesPerValue;
      array.values[done + n] = {load<float>(bytes, ByteOrder::little), load<float>(bytes + 4, ByteOrder::little)};
    }
    done += wanted;
  }
  refuse_nonfinite(pair[0], array);
  return array;
}

void write_cfl(const fs::path& path, const NumberArray& array, Overwrite overwrite) {
  if (array.shape.size() > kAxes) fail(ExitCode::bug, path, ": ", array.shape.size(), " axes; BART has 16");
  const std::vector<fs::path> pair = cfl_pair(path);
  std::string sizes;
  for (std::size_t axis = 0; axis < kAxes; ++axis) {
    sizes += std::to_string(axis < array.shape.size() ? array.shape[array.shape.size() - 1 - axis] : 1);
    sizes += axis + 1 < kAxes ? ' ' : '\n';
  }
  AtomicFile header(pair[1], overwrite), data(pair[0], overwrite);
  header.write("# Dimensions\n" + sizes);

  std::vector<unsigned char> chunk(kChunkValues * kBytesPerValue);
  for (std::size_t done = 0; done < array.values.size();) {
    const std::size_t taken = std::min(kChunkValues, array.values.size() - done);
    for (std::size_t n = 0; n < taken; ++n) {
      store(chunk.data() + n * kBytesPerValue, array.values[done + n].real(), ByteOrder::little);
      store(chunk.data() + n * kBytesPerValue + 4, array.values[done + n].imag(), ByteOrder::little);
    }
    data.write(chunk.data(), taken * kBytesPerValue);
    done += taken;
  }
  data.commit();
  header.commit();
}

}  // namespace voxprior
