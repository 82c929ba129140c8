#include "models/weights/safetensors_header.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "models/weights/in_quotes.h"

namespace voxprior {
namespace {

using nlohmann::json;

constexpr int kDeepestNesting = 3;     // header > tensor > shape
constexpr std::size_t kMostAxes = 16;  // more than any network uses, far below what LibTorch bears

template <typename... Parts>
[[noreturn]] void damaged(const std::filesystem::path& path, const Parts&... parts) {
  fail(ExitCode::model, path, ": ", parts..., "; the file is damaged or no safetensors file, get it again");
}

/// The JSON library keeps the last of two equal keys and nests without limit; a header may do neither.
json parse_strictly(std::string_view text, const std::filesystem::path& path) {
  std::vector<std::set<std::string>> keys_of_open_objects;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    const bool opens = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
    if (opens && depth >= kDeepestNesting) damaged(path, "the header is nested too deeply");
    if (event == json::parse_event_t::object_start) keys_of_open_objects.emplace_back();
    if (event == json::parse_event_t::object_end) keys_of_open_objects.pop_back();
    if (event == json::parse_event_t::key && !keys_of_open_objects.back().insert(parsed.get<std::string>()).second)
      damaged(path, "the header names ", in_quotes(parsed.get<std::string>()), " twice");
    return true;
  };
  if (text.empty() || text.front() != '{') damaged(path, "the header is no JSON object");
  try {
    return json::parse(text.begin(), text.end(), watch);
  } catch (const json::parse_error& error) {
    damaged(path, "the header is no valid JSON at its byte ", error.byte);
  } catch (const json::out_of_range&) {
    damaged(path, "the header holds a number beyond all range");
  }
}

std::map<std::string, std::string> parse_metadata(const json& metadata, const std::filesystem::path& path) {
  if (!metadata.is_object()) damaged(path, "__metadata__ is no object");
  std::map<std::string, std::string> result;
  for (const auto& [key, value] : metadata.items()) {
    if (!value.is_string()) damaged(path, "metadata ", in_quotes(key), " is no string");
    result[key] = value.get<std::string>();
  }
  return result;
}

/// Bytes of a tensor of this shape, or false when the number does not fit. A zero must not hide an absurd axis beside
/// it.
bool tensor_bytes(const std::vector<std::int64_t>& shape, std::size_t bytes_per_element, std::uint64_t& bytes) {
  std::int64_t product = static_cast<std::int64_t>(bytes_per_element);
  bool empty = false;
  for (const std::int64_t size : shape) {
    empty = empty || size == 0;
    if (__builtin_mul_overflow(product, std::max<std::int64_t>(size, 1), &product)) return false;
  }
  bytes = empty ? 0 : static_cast<std::uint64_t>(product);
  return true;
}

std::vector<std::int64_t> parse_shape(const json& shape, const std::string& what, const std::filesystem::path& path) {
  if (!shape.is_array() || shape.size() > kMostAxes) damaged(path, what, ": shape is no list of at most 16 sizes");
  std::vector<std::int64_t> result;
  for (const json& size : shape) {
    // A size below zero is a signed number to the JSON library, one above 64 bits a floating-point number.
    if (!size.is_number_unsigned() || size.get<std::uint64_t>() > INT64_MAX)
      damaged(path, what, ": ", in_quotes(size.dump()), " is no size");
    result.push_back(size.get<std::int64_t>());
  }
  return result;
}

TensorEntry parse_entry(const std::string& name, const json& entry, const std::filesystem::path& path) {
  const std::string what = "tensor " + in_quotes(name);
  const bool complete = entry.is_object() && entry.size() == 3 && entry.contains("dtype") && entry.contains("shape") &&
                        entry.contains("data_offsets") && entry["dtype"].is_string();
  if (!complete) damaged(path, what, ": not exactly a dtype, a shape and data_offsets");

  TensorEntry result;
  result.name = name;
  result.dtype = entry["dtype"].get<std::string>();
  const std::size_t bytes_per_element = element_bytes(result.dtype);
  if (bytes_per_element == 0)
    fail(ExitCode::model, path, ": ", what, ": data type ", in_quotes(result.dtype),
         " is unknown; save it as F32, F64, F16, BF16, I64, I32, U8 or BOOL");
  result.shape = parse_shape(entry["shape"], what, path);

  const json& offsets = entry["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
      !offsets[1].is_number_unsigned())
    damaged(path, what, ": data_offsets are not two positions");
  result.begin = offsets[0].get<std::uint64_t>();
  result.end = offsets[1].get<std::uint64_t>();

  std::uint64_t expected = 0;
  if (!tensor_bytes(result.shape, bytes_per_element, expected)) damaged(path, what, ": the shape overflows");
  if (result.begin > result.end || result.end - result.begin != expected)
    damaged(path, what, ": its shape needs ", expected, " bytes, its data_offsets are ", result.begin, " to ",
            result.end);
  return result;
}

void check_layout(const std::vector<TensorEntry>& entries, std::uint64_t data_bytes,
                  const std::filesystem::path& path) {
  std::uint64_t position = 0;
  for (const TensorEntry& entry : entries) {
    if (entry.end > data_bytes)
      damaged(path, "tensor ", in_quotes(entry.name), " ends at byte ", entry.end, " of ", data_bytes,
              " bytes of data");
    if (entry.begin != position)
      damaged(path, "tensor ", in_quotes(entry.name), " begins at byte ", entry.begin, ", expected ", position,
              " (overlap or hole)");
    position = entry.end;
  }
  if (position != data_bytes) damaged(path, data_bytes - position, " bytes follow the last tensor");
}

}  // namespace

std::size_t element_bytes(std::string_view dtype) {
  static const std::map<std::string_view, std::size_t> bytes{{"F64", 8}, {"I64", 8},  {"F32", 4}, {"I32", 4},
                                                             {"F16", 2}, {"BF16", 2}, {"U8", 1},  {"BOOL", 1}};
  const auto found = bytes.find(dtype);
  return found == bytes.end() ? 0 : found->second;
}

SafetensorsHeader parse_safetensors_header(std::string_view json_text, std::uint64_t data_bytes,
                                           const std::filesystem::path& path) {
  const json root = parse_strictly(json_text, path);
  SafetensorsHeader header;
  for (const auto& [name, value] : root.items()) {
    if (name == "__metadata__")
      header.metadata = parse_metadata(value, path);
    else
      header.entries.push_back(parse_entry(name, value, path));
  }
  std::sort(header.entries.begin(), header.entries.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  check_layout(header.entries, data_bytes, path);
  return header;
}

std::string format_safetensors_header(const SafetensorsHeader& header) {
  json root = json::object();
  if (!header.metadata.empty()) root["__metadata__"] = header.metadata;
  for (const TensorEntry& entry : header.entries)
    root[entry.name] = {{"dtype", entry.dtype}, {"shape", entry.shape}, {"data_offsets", {entry.begin, entry.end}}};
  std::string text = root.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace voxprior
