#include "workflows/volume_output.h"

#include <iostream>

#include "base/version.h"
#include "io/png.h"
#include "io/volume_file.h"
#include "workflows/files.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

std::vector<fs::path> all_outputs(const fs::path& volume, const std::vector<fs::path>& extras) {
  std::vector<fs::path> outputs{volume, sidecar_path(volume)};
  outputs.insert(outputs.end(), extras.begin(), extras.end());
  return outputs;
}

std::string description() { return std::string("voxprior ") + version() + ", research use only"; }

}  // namespace

VolumeOutput::VolumeOutput(const std::string& command, const fs::path& input, const fs::path& volume,
                           const std::vector<fs::path>& extras, bool overwrite)
    : overwrite_(overwrite ? Overwrite::yes : Overwrite::no), volume_path_(volume), provenance_(command) {
  format_of_name(volume);
  const bool is_folder = fs::is_directory(input);  // of DICOM files: the command says which series it took
  if (!is_folder) check_readable(input);
  check_outputs(all_outputs(volume, extras), {input}, overwrite_);
  if (is_folder) {
    provenance_["inputs"]["volume"]["path"] = input.string();
  } else {
    provenance_.add_input("volume", input);
  }
}

VolumeOutput::~VolumeOutput() {
  if (finished_) return;
  std::error_code ignored;
  for (const fs::path& path : written_) fs::remove(path, ignored);
}

void VolumeOutput::tell(const std::vector<std::string>& notices) {
  for (const std::string& notice : notices) {
    std::cerr << "notice: " << notice << '\n';
    provenance_["notices"].push_back(notice);
  }
}

void VolumeOutput::write_volume(const Volume& volume) {
  const WriteReport report = voxprior::write_volume(volume_path_, volume, {overwrite_, description()});
  written_.push_back(volume_path_);
  provenance_.add_output("volume", volume_path_);
  provenance_["clipped_voxels"] = clipped_voxels_ = report.clipped_voxels;
}

void VolumeOutput::write_extra(const std::string& role, const fs::path& path, const Volume& volume) {
  if (path.empty()) return;
  voxprior::write_volume(path, volume, {overwrite_, description()});
  written_.push_back(path);
  provenance_.add_output(role, path);
}

void VolumeOutput::write_extra(const std::string& role, const fs::path& path, const GreyImage& image) {
  if (path.empty()) return;
  write_png(path, image.width, image.height, 1, image.pixels.data(), overwrite_);
  written_.push_back(path);
  provenance_.add_output(role, path);
}

void VolumeOutput::finish() {
  provenance_.write_beside(volume_path_, overwrite_);
  finished_ = true;
  if (clipped_voxels_ > 0) {
    std::cout << "clipped " << clipped_voxels_ << " voxels to the range of the stored type\n";
  }
  std::cout << "wrote " << volume_path_.string() << '\n';
}

}  // namespace voxprior
