#include "models/weights/safetensors.h"

#include <torch/types.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"
#include "models/weights/safetensors_header.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "safetensors values are little-endian and read as they are");

namespace voxprior {
namespace {

constexpr std::uint64_t kLengthBytes = 8;                   // the length of the header, before the header
constexpr std::uint64_t kLongestHeaderBytes = 100'000'000;  // the limit of the reference implementation

const std::vector<std::pair<std::string, torch::ScalarType>>& types() {
  static const std::vector<std::pair<std::string, torch::ScalarType>> pairs{
      {"F32", torch::kFloat32}, {"F64", torch::kFloat64}, {"F16", torch::kFloat16}, {"BF16", torch::kBFloat16},
      {"I64", torch::kInt64},   {"I32", torch::kInt32},   {"U8", torch::kUInt8},    {"BOOL", torch::kBool}};
  return pairs;
}

torch::ScalarType scalar_type(const std::string& dtype) {
  for (const auto& [name, type] : types())
    if (name == dtype) return type;
  TORCH_CHECK(false, "no scalar type for ", dtype);
}

const std::string& dtype_name(torch::ScalarType scalar_type) {
  for (const auto& [name, type] : types())
    if (type == scalar_type) return name;
  TORCH_CHECK(false, "safetensors files do not hold ", scalar_type);
}

/// A file read front to back, hashed on the way.
class HashedInput {
 public:
  explicit HashedInput(const std::filesystem::path& path) : path_(path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))  // before opening: a named pipe would wait for a writer
      fail(ExitCode::model, path, ": no such file; check the name of the model file");
    stream_.open(path, std::ios::binary);
    bytes_left_ = std::filesystem::file_size(path, error);
    if (error || !stream_) fail(ExitCode::model, path, ": cannot be read; check its permissions");
  }

  std::uint64_t bytes_left() const { return bytes_left_; }

  void read(void* bytes, std::uint64_t count) {
    if (count == 0) return;  // an empty tensor has no address
    stream_.read(static_cast<char*>(bytes), static_cast<std::streamsize>(count));
    if (!stream_) fail(ExitCode::model, path_, ": reading failed or the file is short; get it again");
    hash_.update(bytes, count);
    bytes_left_ -= count;
  }

  std::string sha256() { return hash_.hex(); }

 private:
  std::filesystem::path path_;
  std::ifstream stream_;
  std::uint64_t bytes_left_ = 0;
  Sha256 hash_;
};

std::string read_header_text(HashedInput& input, const std::filesystem::path& path) {
  if (input.bytes_left() < kLengthBytes)
    fail(ExitCode::model, path, ": ", input.bytes_left(), " bytes are too short for a safetensors file; get it again");
  std::uint64_t length = 0;
  input.read(&length, kLengthBytes);
  if (length > kLongestHeaderBytes || length > input.bytes_left())
    fail(ExitCode::model, path, ": a header of ", length, " bytes with ", input.bytes_left(),
         " bytes left in the file; it is cut short or no safetensors file, get it again");
  std::string text(length, '\0');
  input.read(text.data(), length);
  return text;
}

torch::Tensor read_tensor(HashedInput& input, const TensorEntry& entry, const std::filesystem::path& path) {
  torch::Tensor tensor = torch::empty(entry.shape, scalar_type(entry.dtype));
  input.read(tensor.data_ptr(), entry.end - entry.begin);
  if (tensor.scalar_type() == torch::kBool) {
    const auto* values = static_cast<const std::uint8_t*>(tensor.data_ptr());
    // Undefined behaviour in every kernel that would see it.
    if (std::any_of(values, values + tensor.numel(), [](std::uint8_t value) { return value > 1; }))
      fail(ExitCode::model, path, ": a BOOL tensor holds values other than 0 and 1; the file is damaged, get it again");
  }
  return tensor;
}

SafetensorsHeader layout(const SafetensorsFile& file) {
  SafetensorsHeader header;
  header.metadata = file.metadata;
  for (const auto& [name, tensor] : file.tensors) {
    TORCH_CHECK(tensor.defined(), "tensor ", name, " is undefined");
    TORCH_CHECK(name != "__metadata__", "a tensor may not be called ", name);
    header.entries.push_back({name, dtype_name(tensor.scalar_type()), tensor.sizes().vec(), 0, tensor.nbytes()});
  }
  std::stable_sort(header.entries.begin(), header.entries.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return element_bytes(a.dtype) > element_bytes(b.dtype);
  });
  std::uint64_t position = 0;
  for (TensorEntry& entry : header.entries) {
    entry.begin = position;
    position = entry.end = position + entry.end;
  }
  return header;
}

void serialise(const SafetensorsFile& file, const std::function<void(const void*, std::size_t)>& write) {
  const SafetensorsHeader header = layout(file);
  const std::string text = format_safetensors_header(header);
  const std::uint64_t length = text.size();
  write(&length, kLengthBytes);
  write(text.data(), text.size());
  for (const TensorEntry& entry : header.entries) {
    const torch::Tensor values = file.tensors.at(entry.name).detach().cpu().contiguous();
    write(values.data_ptr(), entry.end - entry.begin);
  }
}

}  // namespace

SafetensorsFile read_safetensors(const std::filesystem::path& path) {
  HashedInput input(path);
  const std::string text = read_header_text(input, path);
  const SafetensorsHeader header = parse_safetensors_header(text, input.bytes_left(), path);
  SafetensorsFile file;
  file.metadata = header.metadata;
  for (const TensorEntry& entry : header.entries) file.tensors[entry.name] = read_tensor(input, entry, path);
  file.sha256 = input.sha256();
  return file;
}

std::string serialise_safetensors(const SafetensorsFile& file) {
  std::string bytes;
  serialise(file, [&](const void* data, std::size_t count) { bytes.append(static_cast<const char*>(data), count); });
  return bytes;
}

void write_safetensors(const std::filesystem::path& path, const SafetensorsFile& file, Overwrite overwrite) {
  AtomicFile output(path, overwrite);
  serialise(file, [&](const void* data, std::size_t count) { output.write(data, count); });
  output.commit();
}

}  // namespace voxprior
