#include "io/dicom/find_series.h"

#include <algorithm>
#include <exception>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "io/dicom/dataset.h"
#include "io/dicom/file_header.h"
#include "io/dicom/find_files.h"
#include "io/dicom/stacks.h"
#include "io/volume_file.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

/// What reading one file came to: a header, an objection, or neither when it is no DICOM.
struct Outcome {
  std::optional<FileHeader> header;
  std::string error;
  std::exception_ptr unexpected;
};

Outcome look_at(const fs::path& file, const DicomLimits& limits) {
  Outcome outcome;
  try {
    if (looks_like_dicom(file)) outcome.header = read_file_header(file, limits);
  } catch (const Error& error) {
    outcome.error = error.what();
  } catch (...) {
    outcome.unexpected = std::current_exception();
  }
  return outcome;
}

std::vector<Outcome> look_at_all(const std::vector<fs::path>& files, const DicomLimits& limits) {
  constexpr std::size_t kFilesPerThread = 8;
  std::vector<Outcome> outcomes(files.size());
  for_slabs(files.size(), kFilesPerThread, 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t n = begin; n < end; ++n) outcomes[n] = look_at(files[n], limits);
  });
  for (const Outcome& outcome : outcomes) {
    if (outcome.unexpected) std::rethrow_exception(outcome.unexpected);
  }
  return outcomes;
}

/// A DICOMDIR that was named itself stands for the files it lists.
std::vector<fs::path> with_media_resolved(const std::vector<fs::path>& named, const DicomLimits& limits) {
  std::vector<fs::path> resolved;
  for (const fs::path& path : named) {
    const Outcome outcome = fs::is_regular_file(path) ? look_at(path, limits) : Outcome();
    if (outcome.unexpected) std::rethrow_exception(outcome.unexpected);
    if (outcome.header && outcome.header->is_directory) {
      for (const fs::path& file : files_of_dicomdir(path, limits)) resolved.push_back(file);
    } else {
      resolved.push_back(path);
    }
  }
  return resolved;
}

bool same_bytes(const fs::path& a, const fs::path& b) {
  if (fs::file_size(a) != fs::file_size(b)) return false;
  std::ifstream first(a, std::ios::binary), second(b, std::ios::binary);
  std::vector<char> left(1 << 16), right(1 << 16);
  while (first && second) {
    first.read(left.data(), static_cast<std::streamsize>(left.size()));
    second.read(right.data(), static_cast<std::streamsize>(right.size()));
    if (first.gcount() != second.gcount() || !std::equal(left.begin(), left.begin() + first.gcount(), right.begin()))
      return false;
  }
  return first.eof() && second.eof();
}

using Headers = std::vector<FileHeader>;

/// Moves files out that are no part of any volume; one line for each reason.
void set_refused_aside(Headers& files, std::vector<std::string>& problems) {
  std::map<std::string, int> counts;
  for (const FileHeader& file : files) {
    if (!file.problem.empty()) ++counts[file.problem];
  }
  for (const auto& [problem, count] : counts)
    problems.push_back(count == 1 ? problem : problem + " (" + std::to_string(count) + " files)");
  files.erase(std::remove_if(files.begin(), files.end(), [](const FileHeader& file) { return !file.problem.empty(); }),
              files.end());
}

/// Keeps one file of each instance. Says how many were copies; false when two different files claim to be one instance.
bool drop_copies(Headers& files, std::vector<std::string>& problems) {
  std::stable_sort(files.begin(), files.end(), [](const FileHeader& a, const FileHeader& b) {
    return std::tie(a.sop_instance_uid, a.file) < std::tie(b.sop_instance_uid, b.file);
  });
  Headers kept;
  std::size_t copies = 0;
  for (const FileHeader& file : files) {
    if (kept.empty() || file.sop_instance_uid.empty() || kept.back().sop_instance_uid != file.sop_instance_uid) {
      kept.push_back(file);
    } else if (same_bytes(kept.back().file, file.file)) {
      ++copies;
    } else {
      std::ostringstream text;
      text << kept.back().file.filename() << " and " << file.file.filename()
           << " have one SOPInstanceUID but differ: keep the right one";
      problems.push_back(text.str());
      return false;
    }
  }
  if (copies > 0) {
    problems.push_back(std::to_string(copies) + (copies == 1 ? " file is a copy" : " files are copies") +
                       " of another, byte for byte: left out");
  }
  files = std::move(kept);
  return true;
}

DicomSeries assemble(Headers files) {
  const auto least_uid = [](const FileHeader& a, const FileHeader& b) {
    return std::tie(a.sop_instance_uid, a.file) < std::tie(b.sop_instance_uid, b.file);
  };
  // What a series says of itself is taken from the first by UID: independent of names.
  DicomSeries series = std::min_element(files.begin(), files.end(), least_uid)->series;
  std::vector<FrameHeader> frames;
  for (const FileHeader& file : files)
    series.image_count += std::max<std::int64_t>(1, static_cast<std::int64_t>(file.frames.size()));

  set_refused_aside(files, series.problems);
  if (!drop_copies(files, series.problems)) return series;
  for (const FileHeader& file : files) frames.insert(frames.end(), file.frames.begin(), file.frames.end());
  SplitSeries split = split_into_stacks(std::move(frames));
  series.stacks = std::move(split.stacks);
  series.problems.insert(series.problems.end(), split.problems.begin(), split.problems.end());
  series.readable = !series.stacks.empty();
  return series;
}

}  // namespace

bool leads_to_dicom(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return true;
  return fs::is_regular_file(path, ignored) && volume_ending(path).empty() && looks_like_dicom(path);
}

DicomSurvey survey_dicom(const std::vector<fs::path>& files_or_folders, const DicomLimits& limits) {
  DicomSurvey survey;
  std::map<std::string, Headers> by_series;
  for (Outcome& outcome : look_at_all(list_files(with_media_resolved(files_or_folders, limits)), limits)) {
    if (!outcome.error.empty()) {
      survey.unreadable.push_back(outcome.error);
    } else if (!outcome.header) {
      ++survey.not_dicom;
    } else if (!outcome.header->is_directory) {
      by_series[outcome.header->series.series_uid].push_back(std::move(*outcome.header));
    }
  }
  for (auto& [uid, files] : by_series) survey.series.push_back(assemble(std::move(files)));
  std::stable_sort(survey.series.begin(), survey.series.end(), [](const DicomSeries& a, const DicomSeries& b) {
    return std::tie(a.study_uid, a.number, a.series_uid) < std::tie(b.study_uid, b.number, b.series_uid);
  });
  return survey;
}

std::vector<DicomSeries> find_dicom_series(const std::vector<fs::path>& files_or_folders, const DicomLimits& limits) {
  DicomSurvey survey = survey_dicom(files_or_folders, limits);
  if (!survey.unreadable.empty()) {
    DicomSeries damaged;
    damaged.image_count = static_cast<std::int64_t>(survey.unreadable.size());
    damaged.problems = std::move(survey.unreadable);
    survey.series.push_back(std::move(damaged));
  }
  return survey.series;
}

}  // namespace voxprior
