#pragma once

#include <cstdint>

namespace voxprior {

/// The actions of PS3.15 table E.1-1a, named by their letters: D a dummy value, Z a value of no length, X remove, U a
/// new UID. Where several are named, the strictest that the attribute's type in its IOD allows is meant: type 3 may be
/// removed, type 2 emptied, type 1 needs a dummy. X_Z_U is a sequence that must keep its references, with new UIDs.
enum class ProfileAction { D, Z, X, U, Z_D, X_Z, X_D, X_Z_D, X_Z_U };

/// Which option keeps more of an attribute than the Basic Profile does.
enum class KeptBy { none, uids, dates, descriptors };

/// A row of PS3.15 table E.1-1.
struct ProfileRow {
  std::uint16_t group, element;
  ProfileAction action;
  KeptBy option;
};

/// The row of an attribute, or nullptr if the table does not list it.
const ProfileRow* find_profile_row(std::uint16_t group, std::uint16_t element);

/// Attributes without a row of their own that are always removed: private ones, curves (50xx), overlays (60xx) and
/// group lengths. The table lists only OverlayData and OverlayComments; what describes an overlay that is gone goes
/// with it.
bool is_removed_group(std::uint16_t group, std::uint16_t element);

}  // namespace voxprior
