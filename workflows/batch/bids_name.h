#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace voxprior {

/// The name of a file in a BIDS dataset, taken apart: sub-01_ses-2_acq-mprage_T1w.nii.gz.
struct BidsName {
  std::vector<std::pair<std::string, std::string>> entities;  ///< {"sub", "01"}, {"ses", "2"}, {"acq", "mprage"}
  std::string suffix;                                         ///< "T1w"
  std::string extension;                                      ///< ".nii.gz"

  /// The label of an entity; nothing when the name has none.
  std::optional<std::string> label(const std::string& entity) const;

  std::string text() const;  ///< the name again
};

/// Nothing for a name that is not made as BIDS says.
std::optional<BidsName> parse_bids_name(const std::string& file_name);

/// The name of a derivative: with the label "denoised" desc-denoised in the place for it, behind all entities. A label
/// that `desc` has already is kept in front: desc-preproc becomes desc-preprocdenoised.
BidsName derivative_name(BidsName source, const std::string& label);

}  // namespace voxprior
