#include <algorithm>
#include <map>
#include <sstream>

#include "base/error.h"
#include "io/itk/data_block.h"
#include "io/itk/text_header.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

VoxelType voxel_type_of(const fs::path& path, const std::string& name) {
  static const std::map<std::string, VoxelType> types = {{"signed char", VoxelType::int8},
                                                         {"int8", VoxelType::int8},
                                                         {"int8_t", VoxelType::int8},
                                                         {"uchar", VoxelType::uint8},
                                                         {"unsigned char", VoxelType::uint8},
                                                         {"uint8", VoxelType::uint8},
                                                         {"uint8_t", VoxelType::uint8},
                                                         {"short", VoxelType::int16},
                                                         {"short int", VoxelType::int16},
                                                         {"signed short", VoxelType::int16},
                                                         {"signed short int", VoxelType::int16},
                                                         {"int16", VoxelType::int16},
                                                         {"int16_t", VoxelType::int16},
                                                         {"ushort", VoxelType::uint16},
                                                         {"unsigned short", VoxelType::uint16},
                                                         {"unsigned short int", VoxelType::uint16},
                                                         {"uint16", VoxelType::uint16},
                                                         {"uint16_t", VoxelType::uint16},
                                                         {"int", VoxelType::int32},
                                                         {"signed int", VoxelType::int32},
                                                         {"int32", VoxelType::int32},
                                                         {"int32_t", VoxelType::int32},
                                                         {"uint", VoxelType::uint32},
                                                         {"unsigned int", VoxelType::uint32},
                                                         {"uint32", VoxelType::uint32},
                                                         {"uint32_t", VoxelType::uint32},
                                                         {"float", VoxelType::float32},
                                                         {"double", VoxelType::float64}};
  const auto type = types.find(lower_case(name));
  if (type == types.end())
    fail(ExitCode::input, path, ": voxels of type \"", name, "\" are not supported; convert to float");
  return type->second;
}

Encoding encoding_of(const fs::path& path, const std::string& name) {
  if (name == "raw") return Encoding::raw;
  if (name == "gzip" || name == "gz") return Encoding::gzip;
  fail(ExitCode::input, path, ": encoding \"", name, "\" is not supported; save it as raw or gzip");
}

ByteOrder byte_order_of(const fs::path& path, const HeaderFields& fields, VoxelType type) {
  if (bytes_per_voxel(type) == 1) return kHostOrder;
  const std::string name = fields.require("endian");
  if (name == "little") return ByteOrder::little;
  if (name == "big") return ByteOrder::big;
  fail(ExitCode::input, path, ": endian \"", name, "\" is neither little nor big");
}

/// Reads "name: value" lines up to the empty line; comments ("#") and key/value pairs ("key:=value") are passed over.
HeaderFields read_fields(const fs::path& path, HeaderLines& lines) {
  HeaderFields fields(path);
  for (std::string line = lines.next(); !line.empty(); line = lines.next()) {
    const std::size_t colon = line.find(':');
    if (line[0] == '#' || (colon != std::string::npos && line.compare(colon, 2, ":=") == 0)) continue;
    if (colon == std::string::npos)
      fail(ExitCode::input, path, ": a line of the NRRD header is damaged: \"", line, "\"");
    fields.add(lower_case(trimmed(line.substr(0, colon))), trimmed(line.substr(colon + 1)));
  }
  return fields;
}

void refuse_detached_data(const fs::path& path, const HeaderFields& fields) {
  if (fields.find("data file") || fields.find("datafile")) {
    fail(ExitCode::input, path, ": keeps its voxels in a second file; save it as one .nrrd file");
  }
  for (const char* name : {"line skip", "lineskip", "byte skip", "byteskip"}) {
    if (fields.find(name).value_or("0") != "0")
      fail(ExitCode::input, path, ": \"", name, "\" is not supported; save it again");
  }
}

void refuse_other_kinds(const fs::path& path, const HeaderFields& fields) {
  std::istringstream kinds(lower_case(fields.find("kinds").value_or("")));
  int axis = 0;
  for (std::string kind; axis < 3 && kinds >> kind; ++axis) {
    if (kind == "domain" || kind == "space" || kind == "???" || kind == "none") continue;
    fail(ExitCode::input, path, ": axis ", axis + 1, " is of kind \"", kind,
         "\": not one number per voxel of a 3D volume");
  }
}

void check_orientation(const fs::path& path, const HeaderFields& fields, std::size_t dimension,
                       std::vector<std::string>& notices) {
  fields.check_positive("spacings", dimension);
  for (const char* name : {"axis mins", "axismins"}) fields.check_numbers(name, dimension);
  fields.check_numbers("space directions", 9);
  fields.check_numbers("space origin", 3);
  std::istringstream units(fields.find("space units").value_or(""));
  for (std::string unit; units >> unit;) {
    if (unit != "\"mm\"" && unit != "\"\"")
      fail(ExitCode::input, path, ": its unit of length is ", unit, "; mm is needed");
  }
  if (!fields.find("space directions")) {
    notices.push_back("the header has no orientation (space directions); axes assumed left, posterior, superior");
    return;
  }
  const std::string space = lower_case(fields.find("space").value_or("unnamed"));
  const bool anatomical = space == "left-posterior-superior" || space == "lps" || space == "right-anterior-superior" ||
                          space == "ras" || space == "left-anterior-superior" || space == "las";
  if (!anatomical) notices.push_back("the header's space is " + space + "; left, posterior, superior assumed");
}

}  // namespace

DataBlock check_nrrd_header(const fs::path& path) {
  HeaderLines lines(path, "NRRD");
  const std::string magic = lines.next();
  if (magic.size() != 8 || magic.compare(0, 7, "NRRD000") != 0 || magic[7] < '1' || magic[7] > '5') {
    fail(ExitCode::input, path, ": is not an NRRD file, whatever its name says");
  }
  const HeaderFields fields = read_fields(path, lines);
  refuse_detached_data(path, fields);
  refuse_other_kinds(path, fields);
  const std::int64_t dimension = fields.require_integers("dimension", 1)[0];
  if (dimension < 1 || dimension > 16) fail(ExitCode::input, path, ": dimension ", dimension, " is not possible");

  DataBlock block;
  block.size = three_sizes(path, fields.require_integers("sizes", static_cast<std::size_t>(dimension)));
  block.coding.type = voxel_type_of(path, fields.require("type"));
  block.coding.order = byte_order_of(path, fields, block.coding.type);
  block.encoding = encoding_of(path, lower_case(fields.require("encoding")));
  block.offset = lines.bytes_read();
  check_orientation(path, fields, static_cast<std::size_t>(dimension), block.notices);
  return block;
}

}  // namespace voxprior
