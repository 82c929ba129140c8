#include "workflows/node/rules.h"

#include <fnmatch.h>

#include <algorithm>

namespace voxprior {
namespace {

bool fits_any(const std::string& text, const std::vector<std::string>& patterns) {
  return patterns.empty() ||
         std::any_of(patterns.begin(), patterns.end(), [&](const std::string& one) { return fits_pattern(text, one); });
}

bool lists(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool fits_pattern(const std::string& text, const std::string& pattern) {
  return ::fnmatch(pattern.c_str(), text.c_str(), FNM_CASEFOLD) == 0;
}

const NodeRule* rule_for(const NodeConfig& config, const Caller& caller, const ReceivedInstance& received) {
  for (const NodeRule& rule : config.rules) {
    if ((rule.modality.empty() || rule.modality == received.modality) && lists(rule.senders, caller.ae_title) &&
        fits_any(received.description, rule.descriptions) && fits_any(received.sequence, rule.sequences))
      return &rule;
  }
  return nullptr;
}

}  // namespace voxprior
