#include "io/dicom/deidentify/attribute_action.h"

namespace voxprior {

AttributePlace place_in_sop_class(std::string_view sop_class_uid) {
  constexpr std::string_view ct_image = "1.2.840.10008.5.1.4.1.1.2", mr_image = "1.2.840.10008.5.1.4.1.1.4";
  return sop_class_uid == ct_image || sop_class_uid == mr_image ? AttributePlace::classic_ct_or_mr
                                                                : AttributePlace::elsewhere;
}

AttributeAction basic_action(ProfileAction action, AttributePlace place) {
  const bool classic = place == AttributePlace::classic_ct_or_mr;
  switch (action) {
    case ProfileAction::D:
      return AttributeAction::dummy;
    case ProfileAction::Z:
      return AttributeAction::empty;
    case ProfileAction::X:
      return AttributeAction::remove;
    case ProfileAction::U:
      return AttributeAction::new_uid;
    case ProfileAction::Z_D:
      return classic ? AttributeAction::empty : AttributeAction::dummy;
    case ProfileAction::X_Z:
      return classic ? AttributeAction::remove : AttributeAction::empty;
    case ProfileAction::X_D:
    case ProfileAction::X_Z_D:
      return classic ? AttributeAction::remove : AttributeAction::dummy;
    case ProfileAction::X_Z_U:
      return AttributeAction::keep;  // the UIDs in its items are replaced there
  }
  return AttributeAction::remove;
}

AttributeAction listed_action(const ProfileRow& row, const DeidentifyOptions& options, AttributePlace place) {
  if (row.option == KeptBy::uids && options.retain_uids) return AttributeAction::keep;
  if (row.option == KeptBy::dates && options.dates == DeidentifyOptions::Dates::shift) return AttributeAction::shift;
  if (row.option == KeptBy::descriptors && options.clean_descriptors) return AttributeAction::clean;
  return basic_action(row.action, place);
}

}  // namespace voxprior
