#include "models/training/shards.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "base/error.h"
#include "base/sha256.h"
#include "models/weights/safetensors_header.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAgain = "; copy the dataset again or prepare it again";

DatasetIndex read_index(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    fail(ExitCode::input, folder, ": no such folder; make a dataset with voxprior prepare");
  const fs::path path = folder / kDatasetIndexName;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    fail(ExitCode::input, folder, ": has no dataset.json: no dataset of voxprior prepare, or an unfinished one");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return parse_dataset_index(text, path);
}

/// Size first: it costs nothing and finds most damage.
void check_bytes(const fs::path& path, const DatasetShard& shard) {
  std::error_code missing;
  const std::uint64_t bytes = fs::file_size(path, missing);
  if (missing) fail(ExitCode::input, path, ": is missing", kAgain);
  if (bytes != shard.bytes) fail(ExitCode::input, path, ": has ", bytes, " bytes, expected ", shard.bytes, kAgain);
  if (sha256_of_file(path) != shard.sha256)
    fail(ExitCode::input, path, ": its SHA-256 is not that of dataset.json: it was changed or damaged", kAgain);
}

/// Where each tensor lies, from the start of the file.
std::map<std::string, TensorEntry> entries_of(const fs::path& path, std::uint64_t file_bytes) {
  std::ifstream file(path, std::ios::binary);
  std::uint64_t length = 0;
  file.read(reinterpret_cast<char*>(&length), sizeof length);
  if (!file || length > file_bytes - sizeof length) fail(ExitCode::input, path, ": is no safetensors file", kAgain);
  std::string text(length, '\0');
  file.read(text.data(), static_cast<std::streamsize>(length));
  if (!file) fail(ExitCode::input, path, ": cannot be read", kAgain);
  const std::uint64_t start = sizeof length + length;
  std::map<std::string, TensorEntry> entries;
  for (TensorEntry& entry : parse_safetensors_header(text, file_bytes - start, path).entries) {
    entry.begin += start;
    entry.end += start;
    entries[entry.name] = entry;
  }
  return entries;
}

torch::ScalarType type_of(const std::string& dtype) {
  if (dtype == "F16") return torch::kFloat16;
  if (dtype == "F32") return torch::kFloat32;
  return dtype == "U8" ? torch::kUInt8 : torch::kInt32;
}

}  // namespace

PreparedDataset::PreparedDataset(const fs::path& folder)
    : folder_(folder), index_(read_index(folder)), images_(size()), labels_(size()) {
  for (std::size_t shard = 0; shard < index_.shards.size(); ++shard) open_shard(shard);
}

void PreparedDataset::open_shard(std::size_t shard) {
  const fs::path path = folder_ / index_.shards[shard].file;
  check_bytes(path, index_.shards[shard]);
  const auto entries = entries_of(path, index_.shards[shard].bytes);
  const auto& size = index_.grid.size;
  const std::vector<std::int64_t> shape{size[2], size[1], size[0]};
  const auto place = [&](const std::string& name, const std::vector<std::string>& types) {
    const auto found = entries.find(name);
    if (found == entries.end()) fail(ExitCode::input, path, ": holds no ", name, kAgain);
    const bool typed = std::find(types.begin(), types.end(), found->second.dtype) != types.end();
    if (!typed || found->second.shape != shape)
      fail(ExitCode::input, path, ": ", name, " is not of the type and grid that dataset.json says", kAgain);
    return Place{type_of(found->second.dtype), found->second.begin};
  };
  for (std::size_t number = 0; number < this->size(); ++number) {
    if (index_.volumes[number].shard != shard) continue;
    images_[number] = place(image_name(number), {index_.voxel_type});
    if (index_.volumes[number].labelled) labels_[number] = place(label_name(number), {"U8", "I32"});
  }
}

std::vector<std::size_t> PreparedDataset::numbers(Split split) const {
  std::vector<std::size_t> result;
  for (std::size_t n = 0; n < size(); ++n)
    if (index_.volumes[n].split == split) result.push_back(n);
  return result;
}

std::int64_t PreparedDataset::class_index(std::size_t number) const {
  const auto& index = index_.volumes.at(number).class_index;
  return index ? static_cast<std::int64_t>(*index) : -1;
}

std::array<double, 3> PreparedDataset::spacing_mm() const {
  const auto& mm = index_.grid.spacing_mm;
  return {mm[2], mm[1], mm[0]};
}

torch::Tensor PreparedDataset::read(std::size_t number, const Place& place) const {
  const fs::path path = folder_ / index_.shards[index_.volumes[number].shard].file;
  const auto& size = index_.grid.size;
  torch::Tensor values = torch::empty({1, size[2], size[1], size[0]}, place.type);
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(place.position));
  file.read(static_cast<char*>(values.data_ptr()), static_cast<std::streamsize>(values.nbytes()));
  if (!file) fail(ExitCode::input, path, ": cannot be read any more", kAgain);
  return values;
}

torch::Tensor PreparedDataset::volume(std::size_t number) const {
  return read(number, images_.at(number)).to(torch::kFloat32);
}

torch::Tensor PreparedDataset::label(std::size_t number) const {
  if (!index_.volumes.at(number).labelled) return {};
  return read(number, labels_[number]).to(torch::kInt64);
}

}  // namespace voxprior
