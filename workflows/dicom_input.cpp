#include "workflows/dicom_input.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <sstream>
#include <vector>

#include "base/error.h"
#include "io/dicom/read_volume.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

std::string list_of(const std::vector<const DicomSeries*>& found) {
  std::ostringstream text;
  for (const DicomSeries* series : found) {
    text << (series == found.front() ? "" : "; ") << series->number << " " << series->modality << " "
         << series->series_uid;
  }
  return text.str();
}

[[noreturn]] void refuse_unreadable(const std::filesystem::path& input, const DicomSeries& series) {
  const std::string reason = series.problems.empty() ? "no image in it" : series.problems.front();
  fail(ExitCode::input, input, ": ", name_of(series), " cannot be read as a volume: ", reason);
}

const DicomSeries& only_readable(const DicomSurvey& survey, const std::filesystem::path& input,
                                 const std::string& option) {
  if (survey.series.empty()) {
    fail(ExitCode::input, input, ": holds no DICOM image (", survey.not_dicom, " other files); check the folder");
  }
  std::vector<const DicomSeries*> readable;
  for (const DicomSeries& series : survey.series) {
    if (series.readable) readable.push_back(&series);
  }
  if (readable.size() == 1) return *readable.front();
  if (readable.empty()) refuse_unreadable(input, survey.series.front());
  fail(ExitCode::input, input, ": holds ", readable.size(), " series that can be read; choose one with ", option, ": ",
       list_of(readable));
}

}  // namespace

std::string name_of(const DicomSeries& series) {
  return "series " + std::to_string(series.number) + " (" + (series.modality.empty() ? "?" : series.modality) + ")";
}

std::string name_of_volume(const DicomSeries& series, std::size_t stack) {
  return name_of(series) + (series.stacks.size() > 1 ? ", volume " + std::to_string(stack) : "");
}

void DicomChoices::add_series_to(Arguments& arguments) {
  arguments.option("series", po::value(&series)->value_name("N|UID"),
                   "which series of a DICOM folder to take: its SeriesNumber or SeriesInstanceUID; needed where there "
                   "are several");
}

void DicomChoices::add_to(Arguments& arguments) {
  add_series_to(arguments);
  arguments.flag("allow-gaps", &allow_gaps,
                 "read DICOM slices that are not equally spaced as if they were; without it they are refused");
}

void refuse_beside_file(const std::filesystem::path& input, const std::string& option) {
  if (!std::filesystem::is_regular_file(input) || leads_to_dicom(input))
    return;  // what is no file is refused elsewhere
  fail(ExitCode::usage, input, ": is a volume file, but ", option, " is for DICOM; leave it out");
}

void DicomChoices::refuse_beside_file(const std::filesystem::path& input) const {
  if (!series.empty()) voxprior::refuse_beside_file(input, series_option);
  if (allow_gaps) voxprior::refuse_beside_file(input, "--allow-gaps");
}

const DicomSeries& choose_series(const DicomSurvey& survey, const std::filesystem::path& input,
                                 const std::string& wanted, const std::string& option) {
  if (wanted.empty()) return only_readable(survey, input, option);
  std::vector<const DicomSeries*> named, all;
  for (const DicomSeries& series : survey.series) {
    all.push_back(&series);
    if (series.series_uid == wanted || std::to_string(series.number) == wanted) named.push_back(&series);
  }
  if (named.empty()) fail(ExitCode::input, input, ": has no series ", wanted, "; it holds: ", list_of(all));
  if (named.size() > 1) {
    fail(ExitCode::input, input, ": has ", named.size(), " series with the number ", wanted,
         "; name the UID: ", list_of(named));
  }
  if (!named.front()->readable) refuse_unreadable(input, *named.front());
  return *named.front();
}

std::size_t choose_stack(const DicomSeries& series, const std::filesystem::path& input, int wanted,
                         const std::string& option) {
  const std::size_t count = series.stacks.size();
  if (wanted >= 0) {
    if (static_cast<std::size_t>(wanted) < count) return static_cast<std::size_t>(wanted);
    fail(ExitCode::input, input, ": ", name_of(series), " has ", count, " volumes; ", option, " ", wanted,
         " does not exist");
  }
  if (count == 1) return 0;
  constexpr std::size_t kNamed = 8;
  std::ostringstream labels;
  for (std::size_t n = 0; n < std::min(count, kNamed); ++n)
    labels << (n == 0 ? "" : "; ") << n << ": " << series.stacks[n].label;
  fail(ExitCode::input, input, ": ", name_of(series), " holds ", count, " volumes; choose one with ", option, " (",
       labels.str(), count > kNamed ? "; ...)" : ")");
}

DicomVolumeChoice choose_dicom_volume(const std::filesystem::path& input, const DicomChoices& choices,
                                      const ReadOptions& reading) {
  DicomLimits limits;
  limits.max_voxels = reading.max_voxels;
  const DicomSurvey survey = survey_dicom({input}, limits);
  if (!survey.unreadable.empty()) {
    fail(ExitCode::input, survey.unreadable.front(), "; ", survey.unreadable.size(),
         " DICOM files here are damaged or refused and may be part of the volume: repair or move them");
  }
  DicomVolumeChoice chosen;
  chosen.series = choose_series(survey, input, choices.series, choices.series_option);
  chosen.stack = choose_stack(chosen.series, input, reading.volume_of_4d, choices.volume_option);
  return chosen;
}

Volume read_chosen_volume(const DicomVolumeChoice& chosen, const DicomChoices& choices, const ReadOptions& reading) {
  DicomReadOptions options;
  options.limits.max_voxels = reading.max_voxels;
  options.allow_gaps = choices.allow_gaps;
  Volume volume = read_dicom_volume(chosen.series, chosen.stack, options);
  const std::vector<std::string>& problems = chosen.series.problems;
  volume.notices.insert(volume.notices.end(), problems.begin(), problems.end());
  return volume;
}

}  // namespace voxprior
