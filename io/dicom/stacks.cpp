#include "io/dicom/stacks.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include "io/dicom/split_traits.h"
#include "io/dicom/stack_geometry.h"

namespace voxprior {
namespace {

using Frames = std::vector<FrameHeader>;

/// Numbers by value, all else as text: time 2 comes before time 10.
struct ByValue {
  bool operator()(const std::string& a, const std::string& b) const {
    return std::make_tuple(number(a), a) < std::make_tuple(number(b), b);
  }
  static double number(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    return !text.empty() && *end == '\0' ? value : -1;
  }
};

struct Part {
  Frames frames;
  std::vector<std::string> label;
};

std::string trait_of(const FrameHeader& frame, const std::string& name) {
  const auto found = frame.traits.find(name);
  return found == frame.traits.end() ? std::string() : found->second;
}

std::vector<Part> split_by(const Part& whole, const std::string& name) {
  std::map<std::string, Part, ByValue> parts;
  for (const FrameHeader& frame : whole.frames) parts[trait_of(frame, name)].frames.push_back(frame);
  if (parts.size() == 1) return {whole};
  std::vector<Part> split;
  for (auto& [value, part] : parts) {
    part.label = whole.label;
    part.label.push_back(name + " " + (value.empty() ? "not given" : value));
    split.push_back(std::move(part));
  }
  return split;
}

std::vector<Part> split_all_by(const std::vector<Part>& parts, const std::string& name) {
  std::vector<Part> split;
  for (const Part& part : parts) {
    for (Part& piece : split_by(part, name)) split.push_back(std::move(piece));
  }
  return split;
}

/// One plane of each position in every part, and no part a lone image: then the split explains the repeats.
bool explains_repeats(const std::vector<Part>& parts) {
  return std::all_of(parts.begin(), parts.end(),
                     [](const Part& part) { return part.frames.size() > 1 && !any_share_a_plane(part.frames); });
}

/// Splits images that lie at the same positions by one trait, or if none suffices by several of them. Gives the whole
/// back where none helps.
std::vector<Part> split_where_needed(const Part& whole) {
  if (!any_share_a_plane(whole.frames)) return {whole};
  for (const char* name : trait::kWhenNeeded) {
    std::vector<Part> parts = split_by(whole, name);
    if (explains_repeats(parts)) return parts;
  }
  std::vector<Part> parts{whole};
  for (const char* name : trait::kWhenNeeded) {
    parts = split_all_by(parts, name);
    if (explains_repeats(parts)) return parts;
  }
  return {whole};
}

std::vector<Part> group_by_grid(const Frames& frames) {
  std::vector<Part> parts;
  for (const FrameHeader& frame : frames) {
    const auto found = std::find_if(parts.begin(), parts.end(),
                                    [&](const Part& part) { return on_same_grid(part.frames.front(), frame); });
    if (found == parts.end()) {
      parts.push_back({{frame}, {}});
    } else {
      found->frames.push_back(frame);
    }
  }
  // The largest first, so that what strays comes last.
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return a.frames.size() > b.frames.size(); });
  const auto volumes =
      std::count_if(parts.begin(), parts.end(), [](const Part& part) { return part.frames.size() > 1; });
  for (std::size_t n = 0; volumes > 1 && n < parts.size(); ++n) {
    if (parts[n].frames.size() > 1) parts[n].label.push_back("grid " + std::to_string(n + 1));
  }
  return parts;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string labelled(const std::string& label, const std::string& problem) {
  return label.empty() ? problem : label + ": " + problem;
}

/// Sets images aside that say themselves why they fit nowhere; one line for each reason.
Frames without_problems(const Frames& frames, std::vector<std::string>& problems) {
  std::map<std::string, std::pair<std::string, int>> reasons;
  Frames good;
  for (const FrameHeader& frame : frames) {
    if (frame.problem.empty()) {
      good.push_back(frame);
      continue;
    }
    auto& [file, count] = reasons[frame.problem];
    if (count++ == 0) file = frame.frame.file.filename().string();
  }
  for (const auto& [reason, where] : reasons) {
    std::ostringstream text;
    text << where.second << (where.second == 1 ? " image" : " images") << " left out: " << reason << " (" << where.first
         << (where.second > 1 ? ", ...)" : ")");
    problems.push_back(text.str());
  }
  return good;
}

void sort_by_identity(Frames& frames) {
  std::sort(frames.begin(), frames.end(), [](const FrameHeader& a, const FrameHeader& b) {
    return std::tie(a.frame.sop_instance_uid, a.frame.frame) < std::tie(b.frame.sop_instance_uid, b.frame.frame);
  });
}

void add_stack(Part part, SplitSeries& series) {
  const std::string label = joined(part.label);
  if (part.frames.size() == 1) {
    std::ostringstream text;
    text << part.frames[0].frame.file.filename() << " stands alone, no other image shares its grid"
         << (label.empty() ? "" : " and kind") << ": left out";
    series.problems.push_back(labelled(label, text.str()));
    return;
  }
  BuiltStack built = build_stack(std::move(part.frames));
  if (!built.problem.empty()) {
    series.problems.push_back(labelled(label, built.problem));
    return;
  }
  built.stack.label = label;
  series.stacks.push_back(std::move(built.stack));
}

}  // namespace

SplitSeries split_into_stacks(Frames frames) {
  SplitSeries series;
  sort_by_identity(frames);
  std::vector<Part> parts = group_by_grid(without_problems(frames, series.problems));
  for (const char* name : trait::kAlways) parts = split_all_by(parts, name);
  for (const Part& part : parts) {
    for (Part& volume : split_where_needed(part)) add_stack(std::move(volume), series);
  }
  return series;
}

}  // namespace voxprior
