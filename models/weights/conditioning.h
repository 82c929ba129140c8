#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace voxprior {

/// Voxel edges along i, j, k in mm.
using Spacing = std::array<double, 3>;

/// The voxel sizes that a network has seen, axis by axis.
struct SpacingRange {
  Spacing smallest_mm{}, largest_mm{};
  Spacing typical_mm{};  ///< that of most training volumes
};

/// What a label volume may hold beside 0, the background: value -> meaning. A network knows labels by their place here,
/// counted from 1.
using Labels = std::map<std::int64_t, std::string>;

inline constexpr std::size_t kMostLabels = 254;  // background and labels are counted in a byte

/// What a synthesis model can be told beside the noise, as its card holds it. Empty: nothing.
struct Conditioning {
  std::vector<std::string> classes;  ///< names such as "t1" and "t2"; the network knows them by their place here
  std::optional<SpacingRange> spacing;
  Labels labels;  ///< of a mask that the volume is to fit

  bool any() const { return !classes.empty() || spacing || !labels.empty(); }
};

bool operator==(const SpacingRange& a, const SpacingRange& b);
bool operator==(const Conditioning& a, const Conditioning& b);
inline bool operator!=(const Conditioning& a, const Conditioning& b) { return !(a == b); }

/// Whether a class or a label may be called so: 1 to 80 bytes, none of them a control character.
bool is_fit_name(const std::string& name);

/// Place of a class in `classes`, or -1.
std::int64_t class_number(const Conditioning& conditioning, const std::string& name);

/// Place of a value in `labels`, counted from 1; 0 for 0, the background; -1 for a value that is not among them.
std::int64_t label_number(const Labels& labels, std::int64_t value);

/// "t1, t2", "1 white matter, 2 ventricles", "1 x 1 x 2.5": for messages.
std::string listed(const std::vector<std::string>& names);
std::string listed(const Labels& labels);
std::string listed(const Spacing& spacing_mm);

}  // namespace voxprior
