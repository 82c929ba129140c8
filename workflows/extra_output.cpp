#include "workflows/extra_output.h"

#include "io/png.h"
#include "io/volume_file.h"

namespace voxprior {
namespace fs = std::filesystem;

ExtraOutput::~ExtraOutput() {
  std::error_code ignored;
  for (const fs::path& path : written_) fs::remove(path, ignored);
}

void ExtraOutput::write(const std::string& role, const fs::path& path, const Volume& volume) {
  if (path.empty()) return;
  write_volume(path, volume, {overwrite_, description_of_results()});
  written_.push_back(path);
  provenance_.add_output(role, path);
}

void ExtraOutput::write(const std::string& role, const fs::path& path, const GreyImage& image) {
  if (path.empty()) return;
  write_png(path, image.width, image.height, 1, image.pixels.data(), overwrite_);
  written_.push_back(path);
  provenance_.add_output(role, path);
}

}  // namespace voxprior
