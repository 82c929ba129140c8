#include "workflows/prepare/splits.h"

#include <fnmatch.h>

#include <algorithm>
#include <sstream>

#include "base/error.h"
#include "base/sha256.h"
#include "workflows/files.h"

namespace voxprior {
namespace {

struct Wanted {
  std::vector<std::string> patterns;
  std::size_t count = 0;  ///< to be drawn besides
};

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos;
}

Wanted parse(const std::string& option, const std::string& list) {
  Wanted wanted;
  bool counted = false;
  std::istringstream words(list);
  for (std::string word; std::getline(words, word, ',');) {
    if (word.empty()) fail(ExitCode::usage, option, ": '", list, "' has an empty entry");
    if (!is_number(word)) {
      wanted.patterns.push_back(word);
      continue;
    }
    if (counted) fail(ExitCode::usage, option, ": '", list, "' has two numbers; give one");
    counted = true;
    wanted.count = std::stoul(word);
  }
  return wanted;
}

bool matches(const std::string& pattern, const std::filesystem::path& file) {
  const std::string name = file.filename().string(), bare = without_volume_ending(file.filename()).string();
  return fnmatch(pattern.c_str(), name.c_str(), 0) == 0 || fnmatch(pattern.c_str(), bare.c_str(), 0) == 0;
}

void take_named(const std::vector<SurveyedVolume>& volumes, const std::string& option, const Wanted& wanted,
                Split split, std::vector<Split>& splits) {
  for (const std::string& pattern : wanted.patterns) {
    bool any = false;
    for (std::size_t n = 0; n < volumes.size(); ++n) {
      if (!matches(pattern, volumes[n].source.file)) continue;
      any = true;
      if (splits[n] != Split::train && splits[n] != split)
        fail(ExitCode::usage, option, ": ", volumes[n].source.file, " is in --holdout, too; name it once");
      splits[n] = split;
    }
    if (!any) fail(ExitCode::usage, option, ": '", pattern, "' fits the name of no volume; see the file names");
  }
}

/// Volumes in an order that the seed and their content decide.
std::vector<std::size_t> draw_order(const std::vector<SurveyedVolume>& volumes, std::uint64_t seed) {
  std::vector<std::pair<std::string, std::size_t>> ranks;
  for (std::size_t n = 0; n < volumes.size(); ++n) {
    const std::string text = std::to_string(seed) + ":" + volumes[n].sha256;
    ranks.emplace_back(sha256_hex(text.data(), text.size()), n);
  }
  std::sort(ranks.begin(), ranks.end());
  std::vector<std::size_t> order;
  for (const auto& [hash, n] : ranks) order.push_back(n);
  return order;
}

void draw(const std::vector<std::size_t>& order, const std::string& option, std::size_t count, Split split,
          std::vector<Split>& splits) {
  for (const std::size_t n : order) {
    if (count == 0) return;
    if (splits[n] != Split::train) continue;
    splits[n] = split;
    --count;
  }
  if (count > 0) fail(ExitCode::usage, option, ": asks for ", count, " volumes more than there are; ask for fewer");
}

}  // namespace

std::vector<Split> choose_splits(const std::vector<SurveyedVolume>& volumes, const PrepareOptions& options) {
  std::vector<Split> splits(volumes.size(), Split::train);
  const Wanted holdout = parse("--holdout", options.holdout), validation = parse("--validation", options.validation);
  take_named(volumes, "--holdout", holdout, Split::holdout, splits);
  take_named(volumes, "--validation", validation, Split::validation, splits);
  const std::vector<std::size_t> order = draw_order(volumes, options.seed);
  draw(order, "--holdout", holdout.count, Split::holdout, splits);
  draw(order, "--validation", validation.count, Split::validation, splits);
  if (std::find(splits.begin(), splits.end(), Split::train) == splits.end())
    fail(ExitCode::usage, "--holdout and --validation leave no volume to train on; keep some");
  return splits;
}

}  // namespace voxprior
