#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "io/dicom/find_series.h"

namespace voxprior {

/// Every series of a survey with its volumes and problems, as `voxprior info --json` prints them.
nlohmann::ordered_json describe_survey(const std::string& path, const DicomSurvey& survey);

/// The same for people.
void print_survey(const nlohmann::ordered_json& about);

}  // namespace voxprior
