#include "io/dicom/deidentify/pseudonyms.h"

#include "io/dicom/uid.h"

namespace voxprior {
namespace {

constexpr int kLeastShiftDays = 30, kShiftRangeDays = 3650;

std::string_view without_padding(std::string_view value) {
  while (!value.empty() && (value.back() == ' ' || value.back() == '\0')) value.remove_suffix(1);
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  return value;
}

}  // namespace

// The purpose keeps, say, a UID and a PatientID of the same characters apart.
std::string Pseudonyms::hash(std::string_view purpose, std::string_view original) const {
  return keyed_hash(key_, std::string(purpose) + ':' + std::string(without_padding(original)));
}

std::string Pseudonyms::uid(std::string_view original) const { return uid_from_name(hash("uid", original)); }

std::string Pseudonyms::patient_id(std::string_view patient) const {
  return "ANON-" + hash("patient", patient).substr(0, 16);
}

std::string Pseudonyms::patient_name(std::string_view patient) const {
  return "ANON^" + hash("patient", patient).substr(0, 16);
}

int Pseudonyms::date_shift_days(std::string_view patient) const {
  const auto number = std::stoul(hash("dates", patient).substr(0, 12), nullptr, 16);
  return -(kLeastShiftDays + static_cast<int>(number % kShiftRangeDays));
}

std::string Pseudonyms::file_name(std::string_view original) const { return hash("file", original).substr(0, 16); }

}  // namespace voxprior
