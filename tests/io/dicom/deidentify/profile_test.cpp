#include "io/dicom/deidentify/profile.h"

#include <gtest/gtest.h>

#include "io/dicom/deidentify/attribute_action.h"

namespace voxprior {
namespace {

constexpr auto kClassic = AttributePlace::classic_ct_or_mr, kElsewhere = AttributePlace::elsewhere;

AttributeAction action(std::uint16_t group, std::uint16_t element, const DeidentifyOptions& options = {},
                       AttributePlace place = kElsewhere) {
  return listed_action(*find_profile_row(group, element), options, place);
}

TEST(Profile, FindsEveryRowAndNoOther) {
  constexpr auto D = 0, Z = 0, X = 0, U = 0, Z_D = 0, X_Z = 0, X_D = 0, X_Z_D = 0, X_Z_U = 0;
  constexpr auto none = 0, uids = 0, dates = 0, descriptors = 0;
  struct Tag {
    std::uint16_t group, element;
    int action, option;
  };
  const Tag tags[] = {
#include "io/dicom/deidentify/profile_table.inc"
  };
  for (const Tag& tag : tags) {
    const ProfileRow* row = find_profile_row(tag.group, tag.element);
    ASSERT_NE(row, nullptr) << std::hex << tag.group << ' ' << tag.element;
    EXPECT_EQ(row->group, tag.group);
    EXPECT_EQ(row->element, tag.element);
  }
  for (const auto& [group, element] :
       {std::pair(0x0028, 0x0010), {0x7fe0, 0x0010}, {0x0008, 0x0060}, {0x0008, 0x0016}, {0xffff, 0xffff}}) {
    EXPECT_EQ(find_profile_row(static_cast<std::uint16_t>(group), static_cast<std::uint16_t>(element)), nullptr);
  }
}

// One row of each kind, known independently of the transcription behind the table.
TEST(Profile, RowsSayWhatTheStandardSays) {
  EXPECT_EQ(find_profile_row(0x0008, 0x0018)->action, ProfileAction::U);      // SOPInstanceUID
  EXPECT_EQ(find_profile_row(0x0008, 0x0050)->action, ProfileAction::Z);      // AccessionNumber
  EXPECT_EQ(find_profile_row(0x0010, 0x1040)->action, ProfileAction::X);      // PatientAddress
  EXPECT_EQ(find_profile_row(0x0040, 0xa123)->action, ProfileAction::D);      // PersonName
  EXPECT_EQ(find_profile_row(0x0008, 0x0022)->action, ProfileAction::X_Z);    // AcquisitionDate
  EXPECT_EQ(find_profile_row(0x0008, 0x0021)->action, ProfileAction::X_D);    // SeriesDate
  EXPECT_EQ(find_profile_row(0x0008, 0x0023)->action, ProfileAction::Z_D);    // ContentDate
  EXPECT_EQ(find_profile_row(0x0008, 0x0080)->action, ProfileAction::X_Z_D);  // InstitutionName
  EXPECT_EQ(find_profile_row(0x0008, 0x2112)->action, ProfileAction::X_Z_U);  // SourceImageSequence
}

TEST(Profile, CombinedActionsFollowTheTypeInTheIod) {
  EXPECT_EQ(action(0x0008, 0x0021, {}, kClassic), AttributeAction::remove);
  EXPECT_EQ(action(0x0008, 0x0021, {}, kElsewhere), AttributeAction::dummy);
  EXPECT_EQ(action(0x0008, 0x0022, {}, kClassic), AttributeAction::remove);
  EXPECT_EQ(action(0x0008, 0x0022, {}, kElsewhere), AttributeAction::empty);
  EXPECT_EQ(action(0x0008, 0x0023, {}, kClassic), AttributeAction::empty);
  EXPECT_EQ(action(0x0008, 0x0023, {}, kElsewhere), AttributeAction::dummy);
  EXPECT_EQ(action(0x0008, 0x2112, {}, kClassic), AttributeAction::keep);
  EXPECT_EQ(place_in_sop_class("1.2.840.10008.5.1.4.1.1.2"), kClassic);
  EXPECT_EQ(place_in_sop_class("1.2.840.10008.5.1.4.1.1.2.1"), kElsewhere);  // Enhanced CT
}

TEST(Profile, OptionsKeepTheirOwnAttributesAndNoOthers) {
  DeidentifyOptions uids, dates, descriptors;
  uids.retain_uids = true;
  dates.dates = DeidentifyOptions::Dates::shift;
  descriptors.clean_descriptors = true;
  EXPECT_EQ(action(0x0020, 0x000d, uids), AttributeAction::keep);
  EXPECT_EQ(action(0x0020, 0x000d, dates), AttributeAction::new_uid);
  EXPECT_EQ(action(0x0008, 0x0020, dates), AttributeAction::shift);
  EXPECT_EQ(action(0x0008, 0x0020, uids), AttributeAction::empty);
  EXPECT_EQ(action(0x0008, 0x1030, descriptors), AttributeAction::clean);
  EXPECT_EQ(action(0x0008, 0x1030, dates), AttributeAction::remove);
  EXPECT_EQ(action(0x006a, 0x0003, uids), AttributeAction::keep);           // AnnotationGroupUID
  EXPECT_EQ(action(0x3002, 0x0121, descriptors), AttributeAction::clean);   // PositionAcquisitionTemplateName
  EXPECT_EQ(action(0x0020, 0x3406, descriptors), AttributeAction::remove);  // ModifiedImageDescription
  EXPECT_EQ(action(0x0016, 0x0077, dates), AttributeAction::remove);        // GPSTimeStamp: a place and a time of day
  EXPECT_EQ(action(0x0010, 0x0030, dates), AttributeAction::empty);  // a birth date is no date of the examination
}

TEST(Profile, PrivateCurvesOverlaysAndGroupLengthsAlwaysGo) {
  EXPECT_TRUE(is_removed_group(0x0029, 0x1010));
  EXPECT_TRUE(is_removed_group(0x5002, 0x3000));
  EXPECT_TRUE(is_removed_group(0x601e, 0x3000));
  EXPECT_TRUE(is_removed_group(0x0008, 0x0000));
  EXPECT_FALSE(is_removed_group(0x0028, 0x0010));
  EXPECT_FALSE(is_removed_group(0x7fe0, 0x0010));
}

}  // namespace
}  // namespace voxprior
