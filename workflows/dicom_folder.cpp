#include "workflows/dicom_folder.h"

#include <algorithm>
#include <iostream>

#include "base/error.h"
#include "io/volume_file.h"
#include "workflows/files.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

/// A folder made unless it is there, and removed again if nothing was put into it.
class OutputFolder {
 public:
  explicit OutputFolder(const fs::path& folder) : folder_(folder) {
    std::error_code problem;
    fs::create_directory(folder_, problem);
    if (problem) fail(ExitCode::output, folder_, ": cannot create this folder: ", problem.message());
  }
  ~OutputFolder() {
    std::error_code ignored;
    fs::remove(folder_, ignored);
  }
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

 private:
  fs::path folder_;
};

void check_files(const DicomFolder& folder, const std::vector<DicomCase>& cases, const std::string& done,
                 const FilesOfOneVolume& files, Overwrite overwrite) {
  const bool any = std::any_of(files.paths.begin(), files.paths.end(), [](const fs::path& p) { return !p.empty(); });
  if (!any) return;
  if (const std::size_t count = count_to_do(cases); count > 1) {
    fail(ExitCode::usage, folder.input, ": ", count, " volumes would be ", done, ", but ", files.options,
         " name the file of one; choose it with --series, and with --volume where a series has several");
  }
  for (const fs::path& path : files.paths) {
    if (!path.empty()) refuse_inside(path, folder.input);
  }
  check_outputs(files.paths, {}, overwrite);
}

struct Outcome {
  std::size_t written = 0, failed = 0;
};

/// One volume that cannot be worked on does not keep the others from it; trouble with the model or the disk does.
Outcome work_on_each(const std::vector<DicomCase>& cases, ProgressDisplay& progress,
                     const std::function<void(const DicomCase&)>& work) {
  Outcome outcome;
  for (const DicomCase& one : cases) {
    if (!one.reason.empty()) {
      std::cout << one.name << ": skipped: " << one.reason << '\n';
      continue;
    }
    try {
      work(one);
      ++outcome.written;
    } catch (const Error& error) {
      if (error.code() != ExitCode::input) throw;
      progress.finish();
      std::cout << one.name << ": failed: " << error.what() << '\n';
      ++outcome.failed;
    }
  }
  progress.finish();
  return outcome;
}

}  // namespace

DicomSurvey survey_folder(const DicomFolder& folder, ProgressDisplay& progress) {
  refuse_inside(folder.output, folder.input);
  progress.stage("looking for series");
  DicomLimits limits;
  limits.max_voxels = folder.reading.max_voxels;
  DicomSurvey survey = survey_dicom({folder.input}, limits);
  for (const std::string& damaged : survey.unreadable) std::cerr << "notice: " << damaged << '\n';
  if (survey.series.empty()) {
    fail(ExitCode::input, folder.input, ": holds no DICOM series; name a volume file or a folder of DICOM files");
  }
  if (!volume_ending(folder.output).empty()) {
    fail(ExitCode::usage, folder.output, ": a DICOM series is written into a folder; name one, or convert IN first");
  }
  return survey;
}

void work_on_folder(const DicomFolder& folder, const std::vector<DicomCase>& cases, const std::string& done,
                    const FilesOfOneVolume& files, ProgressDisplay& progress,
                    const std::function<void(const DicomCase&)>& work) {
  const OutputFolder made(folder.output);
  const Overwrite overwrite = folder.overwrite ? Overwrite::yes : Overwrite::no;
  for (const DicomCase& one : cases) {
    if (one.reason.empty()) check_dicom_output(one.out_folder, overwrite);
  }
  check_files(folder, cases, done, files, overwrite);

  const Outcome outcome = work_on_each(cases, progress, work);
  if (outcome.written == 0) {
    fail(ExitCode::input, folder.input, ": nothing was ", done, ", for the reasons listed above; ", cases.size(),
         " volumes found");
  }
  if (outcome.failed > 0) {
    fail(ExitCode::some_failed, folder.input, ": ", outcome.failed, " of ", outcome.written + outcome.failed,
         " volumes failed, for the reasons listed above; the others were written");
  }
}

}  // namespace voxprior
