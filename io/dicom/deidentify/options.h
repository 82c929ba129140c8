#pragma once

#include <optional>

namespace voxprior {

/// What is kept beyond the Basic Application Level Confidentiality Profile (PS3.15 E.3), and what is accepted.
struct DeidentifyOptions {
  enum class Dates {
    remove,  ///< as the Basic Profile says
    shift    ///< Retain Longitudinal Temporal Information with Modified Dates
  };

  bool retain_uids = false;        ///< Retain UIDs
  bool clean_descriptors = false;  ///< Clean Descriptors
  Dates dates = Dates::remove;
  std::optional<int>
      shift_days;  ///< for Dates::shift: the same for everybody; without it each patient has an own offset
  bool accept_burned_in = false;  ///< take images whose pixels may show identifying text; the pixels stay as they are
};

}  // namespace voxprior
