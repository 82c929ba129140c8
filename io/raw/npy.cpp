#include "io/raw/npy.h"

#include <array>
#include <cctype>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "base/error.h"
#include "io/raw/axis_order.h"
#include "io/stream/byte_order.h"
#include "io/stream/input_stream.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using Complex = std::complex<float>;

constexpr char kMagic[] = "\x93NUMPY";
constexpr std::size_t kMagicBytes = 6, kLongestHeader = 65536, kChunkBytes = std::size_t{1} << 20;

/// What the header says.
struct NpyHeader {
  std::string type;  ///< numpy's: "<c8"
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// The header is a literal of Python, a dictionary of exactly three keys:
///   {'descr': '<c8', 'fortran_order': False, 'shape': (8, 230, 180), }
/// Only that much of the language is understood.
class HeaderParser {
 public:
  HeaderParser(const fs::path& path, const std::string& text) : path_(path), text_(text) {}

  NpyHeader parse() {
    NpyHeader header;
    std::map<std::string, int> seen;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      if (++seen[key] > 1) refuse();
      expect(':');
      if (key == "descr") {
        header.type = quoted();
      } else if (key == "fortran_order") {
        header.fortran_order = boolean();
      } else if (key == "shape") {
        header.shape = tuple();
      } else {
        refuse();
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (at_ != text_.size() || seen.size() != 3) refuse();
    return header;
  }

 private:
  [[noreturn]] void refuse() const {
    fail(ExitCode::input, path_, ": its .npy header is damaged or describes no plain array of numbers");
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool accept(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) refuse();
  }
  std::string quoted() {
    skip_blanks();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '\'' && quote != '"') refuse();
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string::npos) refuse();
    const std::string inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return inside;
  }
  bool boolean() {
    skip_blanks();
    for (const auto& [word, value] : {std::pair<std::string, bool>{"True", true}, {"False", false}}) {
      if (text_.compare(at_, word.size(), word) != 0) continue;
      at_ += word.size();
      return value;
    }
    refuse();
  }
  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> values;
    expect('(');
    while (!accept(')')) {
      values.push_back(integer());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return values;
  }
  std::int64_t integer() {
    skip_blanks();
    std::int64_t value = 0;
    const std::size_t first = at_;
    for (; at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])); ++at_) {
      if (at_ - first >= 18) refuse();  // more digits than a size can have
      value = 10 * value + (text_[at_] - '0');
    }
    if (at_ == first) refuse();
    return value;
  }

  const fs::path& path_;
  const std::string& text_;
  std::size_t at_ = 0;
};

/// How an element lies in the file.
struct Element {
  NumberArray::Kind kind;
  std::size_t bytes;
  std::function<Complex(const unsigned char*, ByteOrder)> decode;
};

template <typename T>
Element real_element(NumberArray::Kind kind = NumberArray::Kind::real) {
  return {kind, sizeof(T), [](const unsigned char* bytes, ByteOrder order) {
            return Complex(static_cast<float>(load<T>(bytes, order)), 0);
          }};
}

template <typename T>
Element complex_element() {
  return {NumberArray::Kind::complex, 2 * sizeof(T), [](const unsigned char* bytes, ByteOrder order) {
            return Complex(static_cast<float>(load<T>(bytes, order)),
                           static_cast<float>(load<T>(bytes + sizeof(T), order)));
          }};
}

Element element_of(const fs::path& path, const std::string& type) {
  static const std::map<std::string, Element> elements = {
      {"b1", real_element<std::uint8_t>(NumberArray::Kind::boolean)},
      {"u1", real_element<std::uint8_t>()},
      {"i1", real_element<std::int8_t>()},
      {"u2", real_element<std::uint16_t>()},
      {"i2", real_element<std::int16_t>()},
      {"u4", real_element<std::uint32_t>()},
      {"i4", real_element<std::int32_t>()},
      {"f4", real_element<float>()},
      {"f8", real_element<double>()},
      {"c8", complex_element<float>()},
      {"c16", complex_element<double>()}};
  const auto found = type.empty() ? elements.end() : elements.find(type.substr(1));
  const bool ordered = !type.empty() && (type[0] == '<' || type[0] == '>');
  const bool one_byte = found != elements.end() && found->second.bytes == 1 && type[0] == '|';
  if (found == elements.end() || !(ordered || one_byte)) {
    fail(ExitCode::input, path, ": holds elements that are no plain numbers; save it as complex64 or float32");
  }
  return found->second;
}

std::string read_exactly(InputStream& stream, std::size_t count, const fs::path& path) {
  std::string bytes(count, '\0');
  if (stream.read(bytes.data(), count) != count) {
    fail(ExitCode::input, path, ": ends within its header; copy or download the file again");
  }
  return bytes;
}

std::string read_header_text(InputStream& stream, const fs::path& path) {
  const std::string start = read_exactly(stream, kMagicBytes + 2, path);
  if (start.compare(0, kMagicBytes, kMagic, kMagicBytes) != 0)
    fail(ExitCode::input, path, ": is not a .npy file, whatever its name says");
  const int version = static_cast<unsigned char>(start[kMagicBytes]);
  if (version < 1 || version > 3) fail(ExitCode::input, path, ": version ", version, " of .npy is not known");

  const std::string length = read_exactly(stream, version == 1 ? 2 : 4, path);
  const auto* bytes = reinterpret_cast<const unsigned char*>(length.data());
  const std::size_t size =
      version == 1 ? load<std::uint16_t>(bytes, ByteOrder::little) : load<std::uint32_t>(bytes, ByteOrder::little);
  if (size > kLongestHeader) fail(ExitCode::input, path, ": its .npy header is damaged (", size, " bytes)");
  return read_exactly(stream, size, path);
}

void read_values(InputStream& stream, const Element& element, ByteOrder order, NumberArray& array,
                 const fs::path& path) {
  const std::size_t per_chunk = kChunkBytes / element.bytes;
  std::vector<unsigned char> chunk(per_chunk * element.bytes);
  for (std::size_t done = 0; done < array.values.size();) {
    const std::size_t wanted = std::min(per_chunk, array.values.size() - done);
    if (stream.read(chunk.data(), wanted * element.bytes) != wanted * element.bytes)
      fail(ExitCode::input, path, ": ended while it was read");
    for (std::size_t n = 0; n < wanted; ++n)
      array.values[done + n] = element.decode(chunk.data() + n * element.bytes, order);
    done += wanted;
  }
}

/// The bytes of one value as `kind` asks for.
void append(std::string& bytes, const Complex& value, NumberArray::Kind kind) {
  if (kind == NumberArray::Kind::boolean) {
    bytes += static_cast<char>(value != Complex(0) ? 1 : 0);
    return;
  }
  unsigned char number[2 * sizeof(float)];
  store(number, value.real(), ByteOrder::little);
  store(number + sizeof(float), value.imag(), ByteOrder::little);
  bytes.append(reinterpret_cast<const char*>(number), kind == NumberArray::Kind::complex ? 8 : 4);
}

std::string header_bytes(const NumberArray& array) {
  const char* type = array.kind == NumberArray::Kind::boolean ? "|b1"
                     : array.kind == NumberArray::Kind::real  ? "<f4"
                                                              : "<c8";
  std::string shape;
  for (const std::int64_t n : array.shape) shape += std::to_string(n) + ", ";
  std::string text = std::string("{'descr': '") + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  const std::size_t before = kMagicBytes + 4;
  text.append(63 - (before + text.size()) % 64, ' ');  // the data begin at a multiple of 64 bytes
  text += '\n';

  unsigned char length[2];
  store(length, static_cast<std::uint16_t>(text.size()), ByteOrder::little);
  std::string bytes(kMagic, kMagicBytes);
  bytes += '\x01';
  bytes += '\0';
  bytes.append(reinterpret_cast<const char*>(length), 2);
  return bytes + text;
}

}  // namespace

NumberArray read_npy(const fs::path& path, const RawLimits& limits) {
  const std::uint64_t file_bytes = check_input_file(path);
  const std::unique_ptr<InputStream> stream = open_plain(path);
  const std::string text = read_header_text(*stream, path);
  const NpyHeader header = HeaderParser(path, text).parse();
  const Element element = element_of(path, header.type);

  NumberArray array;
  array.kind = element.kind;
  array.shape = header.shape;
  const std::int64_t count = checked_count(path, array.shape, limits);
  const std::uint64_t found = stream->at_most_left(), expected = static_cast<std::uint64_t>(count) * element.bytes;
  if (found != expected) {
    fail(ExitCode::input, path, ": holds ", found, " bytes of data, its header promises ", expected, " (", file_bytes,
         " bytes in all); copy or download the file again");
  }
  array.values.resize(static_cast<std::size_t>(count));
  read_values(*stream, element, header.type[0] == '>' ? ByteOrder::big : ByteOrder::little, array, path);
  if (header.fortran_order) array.values = first_axis_last(array.values, array.shape);
  refuse_nonfinite(path, array);
  return array;
}

void write_npy(const fs::path& path, const NumberArray& array, Overwrite overwrite) {
  AtomicFile file(path, overwrite);
  file.write(header_bytes(array));
  std::string chunk;
  for (const Complex& value : array.values) {
    append(chunk, value, array.kind);
    if (chunk.size() < kChunkBytes) continue;
    file.write(chunk);
    chunk.clear();
  }
  file.write(chunk);
  file.commit();
}

}  // namespace voxprior
