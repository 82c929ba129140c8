#include "io/itk/image_io.h"

#include <itkMetaDataObject.h>
#include <itkMetaImageIO.h>
#include <itkNrrdImageIO.h>

#include "base/error.h"

namespace voxprior {

itk::ImageIOBase::Pointer make_image_io(FileFormat format) {
  itk::Object::SetGlobalWarningDisplay(false);
  if (format == FileFormat::nrrd) return itk::NrrdImageIO::New().GetPointer();
  if (format == FileFormat::metaimage) return itk::MetaImageIO::New().GetPointer();
  fail(ExitCode::bug, "image format ", static_cast<int>(format), " is not one that ITK handles here");
}

itk::IOComponentEnum component_of(VoxelType type) {
  switch (type) {
    case VoxelType::int8:
      return itk::IOComponentEnum::CHAR;
    case VoxelType::uint8:
      return itk::IOComponentEnum::UCHAR;
    case VoxelType::int16:
      return itk::IOComponentEnum::SHORT;
    case VoxelType::uint16:
      return itk::IOComponentEnum::USHORT;
    case VoxelType::int32:
      return itk::IOComponentEnum::INT;
    case VoxelType::uint32:
      return itk::IOComponentEnum::UINT;
    case VoxelType::float32:
      return itk::IOComponentEnum::FLOAT;
    case VoxelType::float64:
      return itk::IOComponentEnum::DOUBLE;
  }
  fail(ExitCode::bug, "unknown voxel type ", static_cast<int>(type));
}

std::map<std::string, std::string> metadata_of(const itk::ImageIOBase& io) {
  std::map<std::string, std::string> metadata;
  const itk::MetaDataDictionary& dictionary = io.GetMetaDataDictionary();
  for (const std::string& key : dictionary.GetKeys()) {
    std::string value;
    if (key.rfind("ITK_", 0) == 0 || !itk::ExposeMetaData(dictionary, key, value)) continue;
    metadata[key] = value;
  }
  return metadata;
}

void store_metadata(const std::map<std::string, std::string>& metadata, itk::ImageIOBase& io) {
  for (const auto& [key, value] : metadata) itk::EncapsulateMetaData(io.GetMetaDataDictionary(), key, value);
}

}  // namespace voxprior
