#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/atomic_file.h"
#include "io/volume.h"
#include "workflows/preview.h"
#include "workflows/provenance.h"

namespace voxprior {

/// Files that were asked for besides the main result: each under outputs/<role> of the provenance. They are removed
/// again unless keep() is reached.
class ExtraOutput {
 public:
  ExtraOutput(Provenance& provenance, Overwrite overwrite) : provenance_(provenance), overwrite_(overwrite) {}
  ~ExtraOutput();
  ExtraOutput(const ExtraOutput&) = delete;
  ExtraOutput& operator=(const ExtraOutput&) = delete;

  /// A volume or a picture; nothing happens for an empty path.
  void write(const std::string& role, const std::filesystem::path& path, const Volume& volume);
  void write(const std::string& role, const std::filesystem::path& path, const GreyImage& image);

  void keep() { written_.clear(); }

 private:
  Provenance& provenance_;
  Overwrite overwrite_;
  std::vector<std::filesystem::path> written_;
};

}  // namespace voxprior
