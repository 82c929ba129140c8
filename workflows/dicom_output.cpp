#include "workflows/dicom_output.h"

#include <cstdlib>
#include <iostream>

#include "base/error.h"
#include "io/dicom/write/series_folder.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

bool lies_in(const fs::path& path, const fs::path& folder) {
  std::error_code ignored;
  const fs::path inner = fs::weakly_canonical(path, ignored), outer = fs::weakly_canonical(folder, ignored);
  const fs::path relative = inner.lexically_relative(outer);
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

std::time_t creation_time() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr) return std::time(nullptr);
  const std::string digits = text;
  if (digits.empty() || digits.size() > 11 || digits.find_first_not_of("0123456789") != std::string::npos) {
    fail(ExitCode::usage, "SOURCE_DATE_EPOCH is not a number of seconds since 1970: '", digits, "'; unset it");
  }
  return static_cast<std::time_t>(std::stoll(digits));
}

bool names_dicom_folder(const std::string& output) {
  std::error_code ignored;
  const bool ends_in_slash = !output.empty() && output.back() == '/';
  return ends_in_slash || fs::is_directory(output, ignored) || !fs::path(output).has_extension();
}

fs::path without_final_slash(const fs::path& folder) { return folder.has_filename() ? folder : folder.parent_path(); }

void refuse_inside(const fs::path& output, const fs::path& input) {
  std::error_code ignored;
  if (fs::is_directory(input, ignored) && lies_in(output, input)) {
    fail(ExitCode::output, output, ": lies in the folder that is read, ", input, "; choose another place");
  }
}

void check_dicom_output(const fs::path& folder, Overwrite overwrite) {
  check_series_folder(folder, overwrite);
  check_writable(sidecar_path(without_final_slash(folder)), overwrite);
}

void finish_dicom_output(const fs::path& folder, const DerivedSeriesReport& report, Provenance& provenance,
                         Overwrite overwrite) {
  const fs::path name = without_final_slash(folder);
  provenance["outputs"]["series"] = {
      {"path", name.string()}, {"series_uid", report.series_uid}, {"files", report.files}};
  provenance["clipped_voxels"] = report.saturated_voxels;
  try {
    provenance.write_beside(name, overwrite);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(name, ignored);  // files that say nothing of how they were made are worse than none
    throw;
  }
}

void add_series_input(Provenance& provenance, const std::string& role, const fs::path& path, const DicomSeries& series,
                      std::size_t stack) {
  provenance["inputs"][role] = {{"path", path.string()}, {"series_uid", series.series_uid}, {"volume", stack}};
}

void tell_clipped(const DerivedSeriesReport& report, const std::string& prefix) {
  if (report.saturated_voxels == 0) return;
  std::cout << prefix << "clipped " << report.saturated_voxels << " voxels to the range of the stored bits\n";
}

void tell_notices(const std::vector<std::string>& notices, Provenance& provenance) {
  for (const std::string& notice : notices) {
    std::cerr << "notice: " << notice << '\n';
    provenance["notices"].push_back(notice);
  }
}

}  // namespace voxprior
