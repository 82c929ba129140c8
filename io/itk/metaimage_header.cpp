#include <algorithm>
#include <map>

#include "base/error.h"
#include "io/itk/data_block.h"
#include "io/itk/text_header.h"
#include "io/stream/input_stream.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

VoxelType voxel_type_of(const fs::path& path, const std::string& name) {
  static const std::map<std::string, VoxelType> types = {
      {"MET_CHAR", VoxelType::int8},     {"MET_UCHAR", VoxelType::uint8},   {"MET_SHORT", VoxelType::int16},
      {"MET_USHORT", VoxelType::uint16}, {"MET_INT", VoxelType::int32},     {"MET_UINT", VoxelType::uint32},
      {"MET_FLOAT", VoxelType::float32}, {"MET_DOUBLE", VoxelType::float64}};
  const auto type = types.find(name);
  if (type == types.end())
    fail(ExitCode::input, path, ": voxels of type ", name, " are not supported; convert to MET_FLOAT");
  return type->second;
}

bool is_true(const fs::path& path, const HeaderFields& fields, const std::string& name, bool otherwise) {
  const std::string value = lower_case(fields.find(name).value_or(otherwise ? "true" : "false"));
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  fail(ExitCode::input, path, ": \"", name, " = ", value, "\" is neither True nor False");
}

// ITK's MetaIO copies names into 255 bytes and values into 32 kB, and looks at neither length.
constexpr std::size_t kLongestName = 200, kLongestLine = 16'000;

/// Reads "Name = value" lines up to ElementDataFile, which is the last by definition.
HeaderFields read_fields(const fs::path& path, HeaderLines& lines) {
  HeaderFields fields(path);
  for (;;) {
    const std::string line = lines.next();
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) fail(ExitCode::input, path, ": is not a MetaImage file, whatever its name says");
    const std::string name = trimmed(line.substr(0, equals));
    if (name.size() > kLongestName || line.size() > kLongestLine)
      fail(ExitCode::input, path, ": has a header line longer than any MetaImage field; the file is damaged");
    fields.add(name, trimmed(line.substr(equals + 1)));
    if (name == "ElementDataFile") return fields;
  }
}

void refuse_other_objects(const fs::path& path, const HeaderFields& fields) {
  const std::string object = fields.find("ObjectType").value_or("Image");
  if (object != "Image") fail(ExitCode::input, path, ": holds a MetaIO object of type ", object, ", not an image");
  const std::string data_file = fields.require("ElementDataFile");
  if (lower_case(data_file) != "local")
    fail(ExitCode::input, path, ": keeps its voxels in a second file; save it as one .mha file");
  const std::string channels = fields.find("ElementNumberOfChannels").value_or("1");
  if (channels != "1")
    fail(ExitCode::input, path, ": has ", channels, " numbers per voxel (colour or vector); a scalar image is needed");
  if (!is_true(path, fields, "BinaryData", true))
    fail(ExitCode::input, path, ": holds voxels as text; save it as binary");
  if (fields.find("HeaderSize").value_or("0") != "0")
    fail(ExitCode::input, path, ": HeaderSize is not supported; save it again");
}

void check_orientation(const fs::path& path, const HeaderFields& fields, std::size_t dimension,
                       std::vector<std::string>& notices) {
  for (const char* name : {"ElementSpacing", "ElementSize"}) fields.check_positive(name, dimension);
  for (const char* name : {"Offset", "Position", "Origin", "CenterOfRotation"}) fields.check_numbers(name, dimension);
  for (const char* name : {"TransformMatrix", "Rotation", "Orientation"}) {
    fields.check_numbers(name, dimension * dimension);
  }
  const std::string unit = fields.find("DistanceUnits").value_or("mm");
  if (unit != "mm" && unit != "?") fail(ExitCode::input, path, ": its unit of length is ", unit, "; mm is needed");
  if (!fields.find("TransformMatrix") && !fields.find("Rotation") && !fields.find("Orientation")) {
    notices.push_back("the header has no orientation (TransformMatrix); axes assumed left, posterior, superior");
  }
}

void check_compressed_size(const fs::path& path, const HeaderFields& fields, std::uint64_t offset) {
  const std::int64_t stated = fields.require_integers("CompressedDataSize", 1)[0];
  const std::uint64_t found = check_input_file(path) - offset;
  if (stated >= 0 && static_cast<std::uint64_t>(stated) == found) return;
  fail(ExitCode::input, path, ": holds ", found, " compressed bytes, its header says ", stated,
       "; copy or download the file again");
}

}  // namespace

DataBlock check_metaimage_header(const fs::path& path) {
  HeaderLines lines(path, "MetaImage");
  const HeaderFields fields = read_fields(path, lines);
  refuse_other_objects(path, fields);
  const std::int64_t dimension = fields.require_integers("NDims", 1)[0];
  if (dimension < 1 || dimension > 10) fail(ExitCode::input, path, ": NDims ", dimension, " is not possible");

  DataBlock block;
  block.size = three_sizes(path, fields.require_integers("DimSize", static_cast<std::size_t>(dimension)));
  block.coding.type = voxel_type_of(path, fields.require("ElementType"));
  const bool big =
      is_true(path, fields, "BinaryDataByteOrderMSB", false) || is_true(path, fields, "ElementByteOrderMSB", false);
  block.coding.order = big ? ByteOrder::big : ByteOrder::little;
  block.encoding = is_true(path, fields, "CompressedData", false) ? Encoding::zlib : Encoding::raw;
  block.offset = lines.bytes_read();
  if (block.encoding == Encoding::zlib && fields.find("CompressedDataSize"))
    check_compressed_size(path, fields, block.offset);
  check_orientation(path, fields, static_cast<std::size_t>(dimension), block.notices);
  return block;
}

}  // namespace voxprior
