#include "models/training/dataset_index.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"

namespace voxprior {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kFormat = "voxprior-dataset";
constexpr int kFormatVersion = 1;
constexpr std::int64_t kMostVoxels = std::int64_t{1} << 31;
constexpr Split kSplits[] = {Split::train, Split::validation, Split::holdout};

ordered_json json_of(const DatasetGrid& grid) {
  return {{"size", grid.size},
          {"spacing_mm", grid.spacing_mm},
          {"origin_mm", grid.origin_mm},
          {"lps_from_index", grid.lps_from_index}};
}

ordered_json json_of(const DatasetVolume& volume, std::size_t number) {
  ordered_json record{{"number", number}, {"shard", volume.shard}, {"split", name_of(volume.split)}};
  record["class"] = volume.class_index ? ordered_json(*volume.class_index) : ordered_json(nullptr);
  record["labelled"] = volume.labelled;
  record["source_sha256"] = volume.source_sha256;
  record["source_from_dataset"] = volume.source_from_dataset;
  record["intensity_offset"] = volume.intensity_offset;
  record["intensity_scale"] = volume.intensity_scale;
  record["histogram_distance"] = volume.histogram_distance;
  return record;
}

/// Reads values of a JSON object and refuses, by name, what is missing or of another type.
class Reader {
 public:
  Reader(const json& object, std::string where, const std::filesystem::path& path)
      : object_(object), where_(std::move(where)), path_(path) {
    if (!object.is_object()) refuse("is no object");
  }

  const json& at(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end()) refuse(std::string("has no '") + key + "'");
    return *found;
  }

  template <typename T>
  T get(const char* key) const {
    const json& value = at(key);
    check<T>(value, key);
    return value.get<T>();
  }

  template <typename T, std::size_t N>
  std::array<T, N> numbers(const char* key) const {
    const json& value = at(key);
    if (!value.is_array() || value.size() != N) refuse(key, "is no list of " + std::to_string(N) + " numbers");
    std::array<T, N> result{};
    for (std::size_t n = 0; n < N; ++n) {
      check<T>(value[n], key);
      result[n] = value[n].get<T>();
    }
    return result;
  }

  [[noreturn]] void refuse(const char* key, const std::string& why) const {
    refuse("'" + std::string(key) + "' " + why);
  }

 private:
  template <typename T>
  void check(const json& value, const char* key) const {
    if constexpr (std::is_same_v<T, bool>) {
      if (!value.is_boolean()) refuse(key, "is neither true nor false");
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (!value.is_string()) refuse(key, "is no text");
    } else if constexpr (std::is_floating_point_v<T>) {
      if (!value.is_number() || !std::isfinite(value.get<double>())) refuse(key, "is no finite number");
    } else {
      if (!value.is_number_unsigned() || value.get<std::uint64_t>() > INT64_MAX) refuse(key, "is no whole number");
    }
  }

  [[noreturn]] void refuse(const std::string& why) const {
    fail(ExitCode::input, path_, ": ", where_, ' ', why,
         "; it was damaged or not written by voxprior prepare, prepare the dataset again");
  }

  const json& object_;
  std::string where_;
  const std::filesystem::path& path_;
};

DatasetGrid parse_grid(const Reader& reader) {
  DatasetGrid grid;
  grid.size = reader.numbers<std::int64_t, 3>("size");
  std::int64_t left = kMostVoxels;
  for (const std::int64_t n : grid.size) left = n > 0 ? left / n : 0;
  if (left < 1) reader.refuse("size", "is not three positive numbers with a product of at most 2^31");
  grid.spacing_mm = reader.numbers<double, 3>("spacing_mm");
  for (const double mm : grid.spacing_mm)
    if (!(mm > 0)) reader.refuse("spacing_mm", "is not positive");
  grid.origin_mm = reader.numbers<double, 3>("origin_mm");
  grid.lps_from_index = reader.numbers<double, 9>("lps_from_index");
  return grid;
}

DatasetShard parse_shard(const Reader& reader) {
  DatasetShard shard{reader.get<std::string>("file"), reader.get<std::uint64_t>("bytes"),
                     reader.get<std::string>("sha256")};
  // A name, never a way out of the folder.
  if (shard.file.empty() || shard.file.front() == '.' || shard.file.find('/') != std::string::npos)
    reader.refuse("file", "is not the name of a file beside it");
  return shard;
}

Split parse_split(const Reader& reader) {
  const std::string name = reader.get<std::string>("split");
  for (const Split split : kSplits)
    if (name == name_of(split)) return split;
  reader.refuse("split", "is none of train, validation, holdout");
}

DatasetVolume parse_volume(const Reader& reader, const DatasetIndex& index) {
  DatasetVolume volume;
  volume.shard = reader.get<std::uint64_t>("shard");
  if (volume.shard >= index.shards.size()) reader.refuse("shard", "is beyond the shards listed");
  volume.split = parse_split(reader);
  if (!reader.at("class").is_null()) {
    volume.class_index = reader.get<std::uint64_t>("class");
    if (*volume.class_index >= index.classes.size()) reader.refuse("class", "is beyond the classes listed");
  }
  volume.labelled = reader.get<bool>("labelled");
  volume.source_sha256 = reader.get<std::string>("source_sha256");
  volume.source_from_dataset = reader.numbers<double, 12>("source_from_dataset");
  volume.intensity_offset = reader.get<double>("intensity_offset");
  volume.intensity_scale = reader.get<double>("intensity_scale");
  if (!(volume.intensity_scale > 0)) reader.refuse("intensity_scale", "is not positive");
  volume.histogram_distance = reader.get<double>("histogram_distance");
  return volume;
}

std::map<std::string, std::string> parse_texts(const Reader& reader, const char* key) {
  std::map<std::string, std::string> texts;
  const json& object = reader.at(key);
  if (!object.is_object()) reader.refuse(key, "is no object");
  for (const auto& [name, value] : object.items()) {
    if (!value.is_string()) reader.refuse(key, "holds something that is no text");
    texts[name] = value.get<std::string>();
  }
  return texts;
}

const json& list(const Reader& reader, const char* key) {
  if (!reader.at(key).is_array()) reader.refuse(key, "is no list");
  return reader.at(key);
}

json parse_json(std::string_view text, const std::filesystem::path& path) {
  try {
    return json::parse(text.begin(), text.end());
  } catch (const json::exception&) {
    fail(ExitCode::input, path, ": is no valid JSON; prepare the dataset again");
  }
}

std::string numbered(const char* what, std::size_t number) {
  const std::string digits = std::to_string(number);
  return what + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

}  // namespace

const char* name_of(Split split) {
  return split == Split::train ? "train" : split == Split::validation ? "validation" : "holdout";
}

std::string image_name(std::size_t number) { return numbered("image.", number); }
std::string label_name(std::size_t number) { return numbered("label.", number); }

std::string format_dataset_index(const DatasetIndex& index) {
  ordered_json root{{"format", kFormat},
                    {"format_version", kFormatVersion},
                    {"notice", "Research use only: not a medical device."},
                    {"program_version", index.program_version},
                    {"grid", json_of(index.grid)},
                    {"intensity", index.intensity},
                    {"voxel_type", index.voxel_type},
                    {"seed", index.seed},
                    {"made_with", index.made_with},
                    {"classes", index.classes},
                    {"shards", ordered_json::array()},
                    {"volumes", ordered_json::array()}};
  for (const DatasetShard& shard : index.shards)
    root["shards"].push_back({{"file", shard.file}, {"bytes", shard.bytes}, {"sha256", shard.sha256}});
  for (std::size_t n = 0; n < index.volumes.size(); ++n) root["volumes"].push_back(json_of(index.volumes[n], n));
  // A class name may hold bytes that are no UTF-8, which JSON cannot.
  return root.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

DatasetIndex parse_dataset_index(std::string_view json_text, const std::filesystem::path& path) {
  const json root = parse_json(json_text, path);
  const Reader reader(root, "it", path);
  if (reader.get<std::string>("format") != kFormat) reader.refuse("format", "is not voxprior-dataset");
  if (reader.get<std::uint64_t>("format_version") != kFormatVersion)
    fail(ExitCode::input, path, ": is of format version ", reader.get<std::uint64_t>("format_version"),
         ", this program reads ", kFormatVersion, "; prepare the dataset again with this program");

  DatasetIndex index;
  index.program_version = reader.get<std::string>("program_version");
  index.grid = parse_grid(Reader(reader.at("grid"), "its grid", path));
  index.intensity = reader.get<std::string>("intensity");
  index.voxel_type = reader.get<std::string>("voxel_type");
  if (index.voxel_type != "F16" && index.voxel_type != "F32") reader.refuse("voxel_type", "is neither F16 nor F32");
  index.seed = reader.get<std::uint64_t>("seed");
  index.made_with = parse_texts(reader, "made_with");
  for (const json& name : list(reader, "classes")) {
    if (!name.is_string()) reader.refuse("classes", "holds something that is no text");
    index.classes.push_back(name.get<std::string>());
  }
  for (const json& shard : list(reader, "shards")) index.shards.push_back(parse_shard(Reader(shard, "a shard", path)));
  for (const json& volume : list(reader, "volumes")) {
    const std::size_t number = index.volumes.size();
    const Reader record(volume, "volume " + std::to_string(number), path);
    if (record.get<std::uint64_t>("number") != number) record.refuse("number", "is out of order");
    index.volumes.push_back(parse_volume(record, index));
  }
  if (index.volumes.empty()) reader.refuse("volumes", "is empty");
  return index;
}

}  // namespace voxprior
