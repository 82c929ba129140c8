#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "io/itk/image_io.h"
#include "io/itk/itk_file.h"
#include "io/stream/output_stream.h"
#include "io/voxel_writer.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr int kCompressionLevel = 1;        // as for NIfTI
constexpr double kGeometryRounding = 1e-9;  // mm; text with 17 digits comes back within 1e-13

class MemoryOutput : public OutputStream {
 public:
  explicit MemoryOutput(std::vector<unsigned char>& bytes) : bytes_(bytes) {}
  void write(const void* bytes, std::size_t count) override {
    const auto* first = static_cast<const unsigned char*>(bytes);
    bytes_.insert(bytes_.end(), first, first + count);
  }
  void finish() override {}

 private:
  std::vector<unsigned char>& bytes_;
};

std::vector<unsigned char> encoded(const fs::path& path, const Volume& volume, VoxelType type, WriteReport& report) {
  std::vector<unsigned char> bytes;
  bytes.reserve(volume.voxels.size() * bytes_per_voxel(type));
  MemoryOutput memory(bytes);
  VoxelCoding coding;
  coding.type = type;
  report.clipped_voxels = write_voxels(path, volume, coding, memory).clipped_voxels;
  return bytes;
}

/// What the format can express of the metadata found: the fields of one format mean nothing in another.
std::map<std::string, std::string> metadata_for(FileFormat format, const StoredForm& stored,
                                                const std::string& description) {
  std::map<std::string, std::string> metadata;
  if (stored.format == format) metadata = stored.metadata;
  if (!description.empty()) metadata[format == FileFormat::nrrd ? "NRRD_content" : "Comment"] = description;
  return metadata;
}

void describe(const Volume& volume, VoxelType type, itk::ImageIOBase& io) {
  const Geometry& geometry = volume.geometry;
  io.SetNumberOfDimensions(3);
  io.SetNumberOfComponents(1);
  io.SetPixelType(itk::IOPixelEnum::SCALAR);
  io.SetComponentType(component_of(type));
  itk::ImageIORegion region(3);
  for (unsigned k = 0; k < 3; ++k) {
    region.SetSize(k, static_cast<itk::SizeValueType>(geometry.size[k]));
    io.SetDimensions(k, static_cast<itk::SizeValueType>(geometry.size[k]));
    io.SetSpacing(k, geometry.spacing_mm[k]);
    io.SetOrigin(k, geometry.origin_mm[k]);
    io.SetDirection(k, std::vector<double>{geometry.lps_from_index[k], geometry.lps_from_index[3 + k],
                                           geometry.lps_from_index[6 + k]});
  }
  io.SetIORegion(region);
}

template <std::size_t N>
bool close(const std::array<double, N>& a, const std::array<double, N>& b) {
  return std::equal(a.begin(), a.end(), b.begin(),
                    [](double x, double y) { return std::abs(x - y) <= kGeometryRounding; });
}

void verify(const fs::path& path, const fs::path& written, FileFormat format, const Volume& volume, VoxelType type,
            const std::vector<unsigned char>& expected) {
  const auto refuse = [&](const std::string& why) {
    fail(ExitCode::output, path, ": not written, reading it back failed (", why, "); the disk may be full");
  };
  Volume read_back;
  try {
    read_back = read_through_itk(written, format, {});
  } catch (const Error&) {
    refuse("the file is incomplete");
  }
  const Geometry &a = read_back.geometry, &b = volume.geometry;
  if (a.size != b.size || !close(a.spacing_mm, b.spacing_mm) || !close(a.origin_mm, b.origin_mm) ||
      !close(a.lps_from_index, b.lps_from_index)) {
    refuse("its geometry differs");
  }
  WriteReport ignored;
  if (encoded(path, read_back, type, ignored) != expected) refuse("its voxels differ");
}

}  // namespace

WriteReport write_through_itk(const fs::path& path, FileFormat format, const Volume& volume,
                              const WriteOptions& options) {
  WriteReport report;
  const bool scaled = volume.stored.slope != 1 || volume.stored.intercept != 0;
  const VoxelType type = scaled ? VoxelType::float32 : volume.stored.type;
  if (scaled) report.notices.push_back("written as float32: this format has no intensity scale");
  const std::vector<unsigned char> bytes = encoded(path, volume, type, report);

  AtomicFile file(path, options.overwrite);
  const itk::ImageIOBase::Pointer io = make_image_io(format);
  with_itk_errors(path, ExitCode::output, ": not written, ITK failed; the disk may be full", [&] {
    describe(volume, type, *io);
    store_metadata(metadata_for(format, volume.stored, options.description), *io);
    io->SetFileName(file.temporary_path().string());
    io->SetUseCompression(true);
    io->SetCompressionLevel(kCompressionLevel);
    io->Write(bytes.data());
  });
  verify(path, file.temporary_path(), format, volume, type, bytes);
  file.commit();
  return report;
}

}  // namespace voxprior
