#include "workflows/batch/bids_filter.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>

#include "base/error.h"

namespace voxprior {
namespace {

/// Entities by the long names that filter files use; the short ones of file names are taken as well.
const std::map<std::string, std::string>& short_names() {
  static const std::map<std::string, std::string> names{
      {"subject", "sub"},       {"session", "ses"},        {"acquisition", "acq"},
      {"ceagent", "ce"},        {"reconstruction", "rec"}, {"direction", "dir"},
      {"run", "run"},           {"echo", "echo"},          {"part", "part"},
      {"inversion", "inv"},     {"flip", "flip"},          {"mtransfer", "mt"},
      {"space", "space"},       {"resolution", "res"},     {"density", "den"},
      {"desc", "desc"},         {"task", "task"},          {"tracer", "trc"},
      {"stain", "stain"},       {"sample", "sample"},      {"label", "label"},
      {"processing", "proc"},   {"chunk", "chunk"},        {"modality", "mod"},
      {"datatype", "datatype"}, {"suffix", "suffix"},      {"extension", "extension"}};
  return names;
}

std::string key_of(const std::string& given, const std::string& place) {
  const auto known = short_names().find(given);
  if (known != short_names().end()) return known->second;
  for (const auto& [longer, shorter] : short_names()) {
    if (shorter == given) return given;
  }
  fail(ExitCode::usage, place, ": '", given,
       "' is no entity of BIDS; datatype, suffix, session, acquisition, run, ...");
}

std::optional<std::string> value_of(const std::string& key, const BidsName& name, const std::string& datatype) {
  if (key == "datatype") return datatype;
  if (key == "suffix") return name.suffix;
  if (key == "extension") return name.extension;
  return name.label(key);
}

/// Labels are texts, but filter files give the number of a run as a number; "01" is 1, too.
bool same_label(const std::string& a, const std::string& b) {
  const auto without_zeros = [](const std::string& text) {
    const bool number = text.find_first_not_of("0123456789") == std::string::npos;
    return number ? text.substr(std::min(text.find_first_not_of('0'), text.size() - 1)) : text;
  };
  return a == b || (!a.empty() && !b.empty() && without_zeros(a) == without_zeros(b));
}

}  // namespace

bool BidsFilter::Condition::holds_for(const BidsName& name, const std::string& datatype) const {
  const std::optional<std::string> value = value_of(key, name, datatype);
  if (!value) return may_be_missing;
  const auto is_it = [&](const std::string& wanted) {
    return key == "run" || key == "echo" ? same_label(wanted, *value) : wanted == *value;
  };
  return any || std::any_of(values.begin(), values.end(), is_it);
}

bool BidsFilter::takes(const BidsName& name, const std::string& datatype) const {
  return std::any_of(queries_.begin(), queries_.end(), [&](const Query& query) {
    return std::all_of(query.begin(), query.end(),
                       [&](const Condition& condition) { return condition.holds_for(name, datatype); });
  });
}

BidsFilter BidsFilter::anatomical(const std::vector<std::string>& suffixes) {
  BidsFilter filter;
  const Condition magnitude{"part", {"mag"}, true};
  filter.queries_.push_back({{"datatype", {"anat"}}, {"suffix", suffixes}, magnitude});
  return filter;
}

BidsFilter::Condition BidsFilter::condition_of(const std::string& key, const nlohmann::json& given,
                                               const std::string& place) {
  Condition condition;
  condition.key = key_of(key, place);
  for (const auto& value : given.is_array() ? given : nlohmann::json::array({given})) {
    if (value.is_null()) {
      condition.may_be_missing = true;
    } else if (value == "*") {
      condition.any = true;
    } else if (value.is_string() || value.is_number_integer()) {
      condition.values.push_back(value.is_string() ? value.get<std::string>() : value.dump());
    } else {
      fail(ExitCode::usage, place, ": the value of '", key, "' is neither a text, a number, null nor a list of them");
    }
  }
  return condition;
}

BidsFilter BidsFilter::from_file(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) fail(ExitCode::usage, file, ": cannot be read; check the name given to --bids-filter-file");
  const nlohmann::json text = nlohmann::json::parse(stream, nullptr, false);
  const bool has_queries = text.is_object() && !text.empty() &&
                           std::all_of(text.begin(), text.end(), [](const auto& query) { return query.is_object(); });
  if (!has_queries) {
    fail(ExitCode::usage, file, R"(: is no filter; it looks like {"t1w": {"datatype": "anat", "suffix": "T1w"}})");
  }
  BidsFilter filter;
  for (const auto& query : text) {
    Query conditions;
    for (const auto& [key, given] : query.items()) conditions.push_back(condition_of(key, given, file.string()));
    filter.queries_.push_back(conditions);
  }
  return filter;
}

}  // namespace voxprior
