#include "workflows/dicom_cases.h"

#include <algorithm>
#include <cstdio>

#include "io/dicom/write/series_nature.h"
#include "workflows/dicom_input.h"
#include "workflows/installed_models.h"
#include "workflows/model_kind.h"

namespace voxprior {
namespace {

std::string folder_name(std::size_t series_index, const DicomSeries& series, std::size_t stack) {
  char text[64];
  std::snprintf(text, sizeof text, "series-%03zu", series_index + 1);
  std::string name = text;
  if (series.stacks.size() > 1) {
    std::snprintf(text, sizeof text, "-volume-%03zu", stack);
    name += text;
  }
  return name;
}

bool is_for(const std::string& model_modality, const std::string& modality) {
  return model_modality == "any" || (modality == "CT") == (model_modality == "ct");
}

DicomCase unreadable(const DicomSeries& series) {
  return {&series, 0, name_of(series), {}, series.problems.empty() ? "holds no volume" : series.problems.front()};
}

}  // namespace

std::string reason_against_case(const DicomSeries& series, std::size_t stack, const DicomCaseRules& rules) {
  if (series.modality != "MR" && series.modality != "CT") return "is neither MR nor CT";
  const std::string objection = rules.objection ? rules.objection(series, stack) : "";
  if (!objection.empty()) return objection;
  if (!series.stacks[stack].gaps_mm.empty() && !rules.allow_gaps) {
    return "its slices are not equally spaced, one may be missing; --allow-gaps takes it all the same";
  }
  return reason_to_leave_alone(series.stacks[stack]);
}

std::vector<DicomCase> dicom_cases(const DicomSurvey& survey, const DicomCaseRules& rules) {
  const DicomSeries* const wanted = rules.series.empty() ? nullptr : &choose_series(survey, rules.input, rules.series);
  std::vector<DicomCase> cases;
  for (std::size_t n = 0; n < survey.series.size(); ++n) {
    const DicomSeries& series = survey.series[n];
    if (wanted != nullptr && wanted != &series) continue;
    if (!series.readable || series.stacks.empty()) {
      cases.push_back(unreadable(series));
      continue;
    }
    for (std::size_t stack = 0; stack < series.stacks.size(); ++stack) {
      if (rules.volume >= 0 && stack != static_cast<std::size_t>(rules.volume)) continue;
      cases.push_back({&series, stack, name_of_volume(series, stack), rules.output / folder_name(n, series, stack),
                       reason_against_case(series, stack, rules)});
    }
  }
  return cases;
}

void skip_other_modalities(std::vector<DicomCase>& cases, const ModelFacts& model, const std::string& option) {
  for (DicomCase& one : cases) {
    if (!one.reason.empty() || is_for(model.modality, one.series->modality)) continue;
    one.reason = "model '" + model.name + "' was trained on " + model.modality + "; choose one for " +
                 one.series->modality + " with " + option;
  }
}

void skip_other_modalities(std::vector<DicomCase>& cases, const std::string& model, const std::string& option) {
  if (model == "auto") return;
  ModelFacts facts;
  facts.name = std::filesystem::path(model).stem().string();
  facts.modality = modality_of_model(find_model(model));
  if (!facts.modality.empty()) skip_other_modalities(cases, facts, option);
}

std::size_t count_to_do(const std::vector<DicomCase>& cases) {
  return static_cast<std::size_t>(
      std::count_if(cases.begin(), cases.end(), [](const DicomCase& one) { return one.reason.empty(); }));
}

}  // namespace voxprior
