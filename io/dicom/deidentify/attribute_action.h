#pragma once

#include <cstdint>
#include <string_view>

#include "io/dicom/deidentify/options.h"
#include "io/dicom/deidentify/profile.h"

namespace voxprior {

/// What is done to one attribute, once the table, the options and the IOD have had their say. For a sequence, `keep`
/// and `clean` mean that the attributes in its items are treated one by one.
enum class AttributeAction { keep, remove, empty, dummy, new_uid, shift, clean };

/// Where an attribute stands, as far as its type matters.
enum class AttributePlace {
  /// The top level of a classic CT or MR image (CT Image Storage, MR Image Storage). There every attribute that the
  /// table
  /// lets be removed for type 3 is type 3 (PS3.3 A.3, A.4), and every other that it lets be emptied is type 2.
  classic_ct_or_mr,
  /// Anywhere else. What may be of type 1 gets a dummy, what may be of type 2 is emptied: valid for every IOD.
  elsewhere
};

AttributePlace place_in_sop_class(std::string_view sop_class_uid);

/// The action for an attribute that the table lists, if the option named in its row can be carried out.
AttributeAction listed_action(const ProfileRow& row, const DeidentifyOptions& options, AttributePlace place);

/// The action for it if the option cannot be: a date that is no date, a description that is nothing but names.
AttributeAction basic_action(ProfileAction action, AttributePlace place);

}  // namespace voxprior
