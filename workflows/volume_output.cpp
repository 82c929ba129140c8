#include "workflows/volume_output.h"

#include <iostream>

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

}  // namespace

VolumeOutput::VolumeOutput(const std::string& command, const fs::path& input, const fs::path& volume,
                           const std::vector<fs::path>& extras, bool overwrite)
    : overwrite_(overwrite ? Overwrite::yes : Overwrite::no),
      volume_path_(volume),
      provenance_(command),
      extras_(provenance_, overwrite_) {
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
  if (volume_written_) fs::remove(volume_path_, ignored);
}

void VolumeOutput::tell(const std::vector<std::string>& notices) {
  for (const std::string& notice : notices) {
    std::cerr << "notice: " << notice << '\n';
    provenance_["notices"].push_back(notice);
  }
}

void VolumeOutput::write_volume(const Volume& volume) {
  const WriteReport report = voxprior::write_volume(volume_path_, volume, {overwrite_, description_of_results()});
  volume_written_ = true;
  provenance_.add_output("volume", volume_path_);
  provenance_["clipped_voxels"] = clipped_voxels_ = report.clipped_voxels;
}

void VolumeOutput::finish() {
  provenance_.write_beside(volume_path_, overwrite_);
  finished_ = true;
  extras_.keep();
  if (clipped_voxels_ > 0) {
    std::cout << "clipped " << clipped_voxels_ << " voxels to the range of the stored type\n";
  }
  std::cout << "wrote " << volume_path_.string() << '\n';
}

}  // namespace voxprior
