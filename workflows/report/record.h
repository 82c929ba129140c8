#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "workflows/report/content.h"

namespace voxprior {

/// The sidecar of a volume, read with distrust: any key may be missing or of another type than expected.
class Record {
 public:
  /// Reads sidecar_path(volume); of a BIDS derivative, the field "Voxprior" of its metadata. Nothing where there is
  /// neither. Throws Error(ExitCode::input) for a file that is damaged or larger than 16 MB.
  static std::optional<Record> beside(const std::filesystem::path& volume);

  explicit Record(nlohmann::ordered_json json) : json_(std::move(json)) {}

  std::optional<double> number(const std::string& pointer) const;     ///< "/noise/sigma"
  std::optional<std::string> text(const std::string& pointer) const;  ///< strings only
  std::vector<std::string> texts(const std::string& pointer) const;   ///< the strings of an array
  std::optional<std::string> model(const std::string& key) const;     ///< "name" or "sha256" of the network used
  const nlohmann::ordered_json& json() const { return json_; }

  /// How the volume was made, for the table of a page: what, value.
  std::vector<std::pair<std::string, std::string>> origins() const;

 private:
  const nlohmann::ordered_json* at(const std::string& pointer) const;
  nlohmann::ordered_json json_;
};

}  // namespace voxprior
