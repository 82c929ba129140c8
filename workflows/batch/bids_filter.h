#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "workflows/batch/bids_name.h"

namespace voxprior {

/// Which scans of a BIDS dataset are taken. A scan is taken when one of the queries matches it; a query matches when
/// each of its conditions does.
class BidsFilter {
 public:
  /// Scans in anat/ with one of these suffixes.
  static BidsFilter anatomical(const std::vector<std::string>& suffixes);

  /// A file as fMRIPrep and its kin read it with --bids-filter-file: {"t1w": {"datatype": "anat", "suffix": "T1w",
  /// "acquisition": null}}. A value is a text, a number, a list of them, null (the entity must be missing) or "*" (it
  /// must be there). Throws Error(ExitCode::usage) for one that cannot be read or has a key that is no entity.
  static BidsFilter from_file(const std::filesystem::path& file);

  bool takes(const BidsName& name, const std::string& datatype) const;

 private:
  struct Condition {
    std::string key;                  // "datatype", "suffix", "extension", or an entity as it stands in names
    std::vector<std::string> values;  // one of these
    bool may_be_missing = false, any = false;
    bool holds_for(const BidsName& name, const std::string& datatype) const;
  };
  using Query = std::vector<Condition>;
  static Condition condition_of(const std::string& key, const nlohmann::json& given, const std::string& place);

  std::vector<Query> queries_;
};

}  // namespace voxprior
