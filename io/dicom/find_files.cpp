#include "io/dicom/find_files.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/error.h"
#include "io/dicom/attributes.h"
#include "io/dicom/dataset.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

void add_folder(const fs::path& folder, std::set<fs::path>& files) {
  std::error_code problem;
  fs::recursive_directory_iterator entry(folder, problem);
  for (; !problem && entry != fs::recursive_directory_iterator(); entry.increment(problem)) {
    std::error_code ignored;  // a link that leads nowhere is no file
    if (entry->is_regular_file(ignored)) files.insert(entry->path());
  }
  if (problem) fail(ExitCode::input, folder, ": cannot be read: ", problem.message(), "; check the permissions");
}

/// Media made elsewhere may be mounted with names in the other case.
fs::path existing(const fs::path& folder, const std::string& name) {
  if (fs::exists(folder / name)) return folder / name;
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return fs::exists(folder / lower) ? folder / lower : fs::path();
}

fs::path file_of_record(const fs::path& dicomdir, const std::string& file_id) {
  fs::path path = dicomdir.parent_path();
  std::size_t begin = 0;
  while (begin <= file_id.size()) {
    const std::size_t end = std::min(file_id.find('\\', begin), file_id.size());
    const std::string part = file_id.substr(begin, end - begin);
    if (part.empty() || part == "." || part == ".." || part.find('/') != std::string::npos) {
      fail(ExitCode::input, dicomdir, ": names a file outside of its folder; it is damaged or not to be trusted");
    }
    path = existing(path, part);
    if (path.empty()) {
      fail(ExitCode::input, dicomdir, ": names the file ", file_id,
           ", which is not there; copy the whole medium, or name its folder instead of the DICOMDIR");
    }
    begin = end + 1;
  }
  return path;
}

}  // namespace

std::vector<fs::path> list_files(const std::vector<fs::path>& files_or_folders) {
  std::set<fs::path> files;
  for (const fs::path& path : files_or_folders) {
    std::error_code problem;
    const fs::file_status status = fs::status(path, problem);
    if (!fs::exists(status)) fail(ExitCode::input, path, ": no such file or folder; check the name");
    if (fs::is_directory(status)) {
      add_folder(path, files);
    } else {
      files.insert(path);
    }
  }
  return {files.begin(), files.end()};
}

std::vector<fs::path> files_of_dicomdir(const fs::path& dicomdir, const DicomLimits& limits) {
  const std::unique_ptr<DcmFileFormat> loaded = load_dicom(dicomdir, PixelLoading::skip, limits);
  DcmSequenceOfItems* records = nullptr;
  std::set<fs::path> files;
  if (loaded->getDataset()->findAndGetSequence(DCM_DirectoryRecordSequence, records).good()) {
    for (DcmObject* record = records->nextInContainer(nullptr); record != nullptr;
         record = records->nextInContainer(record)) {
      const std::string file_id = text_of(*static_cast<DcmItem*>(record), DCM_ReferencedFileID);
      if (!file_id.empty()) files.insert(file_of_record(dicomdir, file_id));
    }
  }
  return {files.begin(), files.end()};
}

}  // namespace voxprior
