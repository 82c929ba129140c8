#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace voxprior {

/// One tensor as the header of a safetensors file describes it.
struct TensorEntry {
  std::string name;
  std::string dtype;  ///< "F32", "BOOL", ... as the format spells it
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;  ///< byte range in the data section
};

/// What stands before the data. Entries are in the order of their data, which has neither holes nor overlaps.
struct SafetensorsHeader {
  std::vector<TensorEntry> entries;
  std::map<std::string, std::string> metadata;
};

/// Bytes of one element; 0 for a type that we do not read.
std::size_t element_bytes(std::string_view dtype);

/// Parses and checks the JSON text of a header in front of `data_bytes` bytes of data. Everything that could later lead
/// to a wrong value or an access outside the file is refused here: Error(ExitCode::model) that names `path`.
SafetensorsHeader parse_safetensors_header(std::string_view json_text, std::uint64_t data_bytes,
                                           const std::filesystem::path& path);

/// The JSON text for a header, padded with spaces to a multiple of 8 bytes. The same header gives the same text.
std::string format_safetensors_header(const SafetensorsHeader& header);

}  // namespace voxprior
