#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "workflows/report/shown_volume.h"

namespace voxprior {

/// A figure that is worth a place at the top.
struct KeyFigure {
  std::string label, value, note;
};

/// All that a page says of one scan. Text is plain: the page escapes it.
struct ReportContent {
  std::string title;
  std::vector<std::string> warnings;
  std::vector<KeyFigure> figures;
  std::vector<ShownVolume> volumes;                          ///< before, after, their difference, perhaps a noise map
  std::vector<std::pair<std::string, std::string>> origins;  ///< how AFTER came to be: what, value
  nlohmann::ordered_json record;                             ///< the whole sidecar; null where there is none
};

}  // namespace voxprior
