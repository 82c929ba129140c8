#include "io/dicom/deidentify/profile.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace voxprior {
namespace {

constexpr auto D = ProfileAction::D, Z = ProfileAction::Z, X = ProfileAction::X, U = ProfileAction::U,
               Z_D = ProfileAction::Z_D, X_Z = ProfileAction::X_Z, X_D = ProfileAction::X_D,
               X_Z_D = ProfileAction::X_Z_D, X_Z_U = ProfileAction::X_Z_U;
constexpr auto none = KeptBy::none, uids = KeptBy::uids, dates = KeptBy::dates, descriptors = KeptBy::descriptors;

// In the order of the tags, which the search below needs.
constexpr ProfileRow kTable[] = {
#include "io/dicom/deidentify/profile_table.inc"
};

constexpr std::pair<std::uint16_t, std::uint16_t> tag_of(const ProfileRow& row) { return {row.group, row.element}; }

}  // namespace

const ProfileRow* find_profile_row(std::uint16_t group, std::uint16_t element) {
  const std::pair tag(group, element);
  const auto* row = std::lower_bound(std::begin(kTable), std::end(kTable), tag,
                                     [](const ProfileRow& a, const auto& b) { return tag_of(a) < b; });
  return row != std::end(kTable) && tag_of(*row) == tag ? row : nullptr;
}

bool is_removed_group(std::uint16_t group, std::uint16_t element) {
  const int repeating = group & 0xff00;
  return group % 2 == 1 || repeating == 0x5000 || repeating == 0x6000 || element == 0;
}

}  // namespace voxprior
