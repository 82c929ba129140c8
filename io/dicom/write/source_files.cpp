#include "io/dicom/write/source_files.h"

#include <algorithm>
#include <map>

namespace voxprior {

std::vector<SourceFile> source_files(const DicomStack& stack) {
  std::vector<SourceFile> files;
  std::map<std::filesystem::path, std::size_t> index_of;
  for (std::size_t plane = 0; plane < stack.frames.size(); ++plane) {
    const auto [entry, is_new] = index_of.try_emplace(stack.frames[plane].file, files.size());
    if (is_new) files.push_back({stack.frames[plane].file, {}});
    files[entry->second].planes.push_back(plane);
  }
  for (SourceFile& file : files) {
    std::sort(file.planes.begin(), file.planes.end(),
              [&](std::size_t a, std::size_t b) { return stack.frames[a].frame < stack.frames[b].frame; });
  }
  return files;
}

}  // namespace voxprior
