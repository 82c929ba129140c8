#include "workflows/dicom_info.h"

#include <iostream>
#include <sstream>

#include "workflows/anatomy.h"

namespace voxprior {
namespace {

using Json = nlohmann::ordered_json;

Json describe_stack(const DicomStack& stack, std::size_t number) {
  const Geometry& grid = stack.geometry;
  return {{"volume", number},
          {"label", stack.label},
          {"size", grid.size},
          {"spacing_mm", grid.spacing_mm},
          {"origin_lps_mm", grid.origin_mm},
          {"lps_from_index", grid.lps_from_index},
          {"orientation", orientation_code(grid)},
          {"sheared", stack.sheared},
          {"gaps_mm", stack.gaps_mm}};
}

/// What was left out of the series, and where planes are not equally spaced.
std::vector<std::string> problems_of(const DicomSeries& series) {
  std::vector<std::string> problems = series.problems;
  for (const DicomStack& stack : series.stacks) {
    if (stack.irregular.empty()) continue;
    problems.push_back(stack.label.empty() ? stack.irregular : stack.label + ": " + stack.irregular);
  }
  return problems;
}

Json describe_series(const DicomSeries& series) {
  Json json{{"number", series.number},        {"series_uid", series.series_uid},
            {"modality", series.modality},    {"description", series.description},
            {"images", series.image_count},   {"transfer_syntax_uid", series.transfer_syntax_uid},
            {"readable", series.readable},    {"volumes", Json::array()},
            {"problems", problems_of(series)}};
  for (std::size_t n = 0; n < series.stacks.size(); ++n) json["volumes"].push_back(describe_stack(series.stacks[n], n));
  return json;
}

std::string times(const Json& values) {
  std::ostringstream text;
  text << values[0].get<double>() << " x " << values[1].get<double>() << " x " << values[2].get<double>();
  return text.str();
}

void print_series(const Json& series) {
  std::cout << "\nseries    " << series["number"] << ", " << series["modality"].get<std::string>();
  if (const std::string description = series["description"]; !description.empty()) std::cout << ", " << description;
  std::cout << ", " << series["images"] << " images\nuid       " << series["series_uid"].get<std::string>() << '\n';
  for (const Json& volume : series["volumes"]) {
    std::cout << "volume " << volume["volume"] << "  " << times(volume["size"]) << " voxels of "
              << times(volume["spacing_mm"]) << " mm, " << volume["orientation"].get<std::string>();
    if (const std::string label = volume["label"]; !label.empty()) std::cout << ", " << label;
    if (volume["sheared"].get<bool>()) std::cout << ", tilted (sheared)";
    std::cout << '\n';
  }
  for (const Json& problem : series["problems"]) std::cout << "problem   " << problem.get<std::string>() << '\n';
}

}  // namespace

Json describe_survey(const std::string& path, const DicomSurvey& survey) {
  Json json{{"path", path},
            {"format", "DICOM"},
            {"series", Json::array()},
            {"unreadable", survey.unreadable},
            {"not_dicom", survey.not_dicom}};
  for (const DicomSeries& series : survey.series) json["series"].push_back(describe_series(series));
  return json;
}

void print_survey(const Json& about) {
  std::cout << "path      " << about["path"].get<std::string>() << "\nformat    DICOM, " << about["series"].size()
            << " series, " << about["not_dicom"] << " other files\n";
  for (const Json& series : about["series"]) print_series(series);
  if (!about["unreadable"].empty()) std::cout << '\n';
  for (const Json& line : about["unreadable"]) std::cout << "damaged   " << line.get<std::string>() << '\n';
}

}  // namespace voxprior
