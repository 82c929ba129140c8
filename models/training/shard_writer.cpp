#include "models/training/shard_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/sha256.h"
#include "models/training/half_precision.h"
#include "models/weights/safetensors_header.h"

namespace voxprior {
namespace {

constexpr float kLargestHalf = 65504;

std::string shard_file_name(std::size_t number) {
  char name[40];
  std::snprintf(name, sizeof name, "shard-%05zu.safetensors", number);
  return name;
}

template <typename T, typename Convert>
std::vector<unsigned char> bytes_of(const std::vector<float>& values, const Convert& convert) {
  std::vector<unsigned char> bytes(values.size() * sizeof(T));
  for (std::size_t n = 0; n < values.size(); ++n) {
    const T stored = convert(values[n]);
    std::memcpy(bytes.data() + n * sizeof(T), &stored, sizeof(T));
  }
  return bytes;
}

void refuse_beyond_half(const std::vector<float>& values, std::size_t number) {
  const bool fits = std::all_of(values.begin(), values.end(), [](float v) { return std::fabs(v) <= kLargestHalf; });
  if (!fits)
    fail(ExitCode::input, "volume ", number,
         " of the dataset has values beyond 65504, the largest float16; use float32");
}

/// A file that is hashed while it is written.
class HashedOutput {
 public:
  explicit HashedOutput(const std::filesystem::path& path) : file_(path, Overwrite::no) {}

  void write(const void* bytes, std::size_t count) {
    file_.write(bytes, count);
    hash_.update(bytes, count);
    bytes_ += count;
  }

  DatasetShard commit(const std::string& name) {
    file_.commit();
    return {name, bytes_, hash_.hex()};
  }

 private:
  AtomicFile file_;
  Sha256 hash_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

ShardWriter::ShardWriter(std::filesystem::path folder, DatasetIndex index, std::uint64_t shard_bytes)
    : folder_(std::move(folder)), index_(std::move(index)), shard_bytes_(shard_bytes) {}

void ShardWriter::add(DatasetVolume volume, const std::vector<float>& image, const std::vector<float>& label) {
  const std::size_t number = index_.volumes.size();
  const auto& size = index_.grid.size;
  const auto voxels = static_cast<std::size_t>(size[0] * size[1] * size[2]);
  if (image.size() != voxels || label.size() != (volume.labelled ? voxels : 0))
    throw std::logic_error("a volume or its labels are not on the grid of the dataset");
  volume.shard = index_.shards.size();

  if (index_.voxel_type == "F16") {
    refuse_beyond_half(image, number);
    keep(image_name(number), {"F16", bytes_of<std::uint16_t>(image, half_bits)});
  } else {
    keep(image_name(number), {"F32", bytes_of<float>(image, [](float v) { return v; })});
  }
  if (volume.labelled) {
    const bool small = *std::max_element(label.begin(), label.end()) <= 255;
    keep(label_name(number), small ? Tensor{"U8", bytes_of<std::uint8_t>(label, [](float v) { return v; })}
                                   : Tensor{"I32", bytes_of<std::int32_t>(label, [](float v) { return v; })});
  }
  index_.volumes.push_back(std::move(volume));
  if (held_bytes_ >= shard_bytes_) close_shard();
}

void ShardWriter::keep(const std::string& name, Tensor tensor) {
  held_bytes_ += tensor.bytes.size();
  held_.emplace(name, std::move(tensor));
}

void ShardWriter::close_shard() {
  if (held_.empty()) return;
  SafetensorsHeader header;
  const auto& size = index_.grid.size;
  // Wide types first, so that every tensor is aligned to its element.
  for (const std::size_t width : {4, 2, 1}) {
    for (const auto& [name, tensor] : held_) {
      if (element_bytes(tensor.dtype) != width) continue;
      const std::uint64_t begin = header.entries.empty() ? 0 : header.entries.back().end;
      header.entries.push_back({name, tensor.dtype, {size[2], size[1], size[0]}, begin, begin + tensor.bytes.size()});
    }
  }
  const std::string text = format_safetensors_header(header), name = shard_file_name(index_.shards.size());
  const std::uint64_t length = text.size();
  HashedOutput output(folder_ / name);
  output.write(&length, sizeof length);
  output.write(text.data(), text.size());
  for (const TensorEntry& entry : header.entries) {
    const Tensor& tensor = held_.at(entry.name);
    output.write(tensor.bytes.data(), tensor.bytes.size());
  }
  index_.shards.push_back(output.commit(name));
  held_.clear();
  held_bytes_ = 0;
}

void ShardWriter::finish() {
  close_shard();
  write_file(folder_ / kDatasetIndexName, format_dataset_index(index_), Overwrite::no);
}

}  // namespace voxprior
