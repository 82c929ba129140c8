#include <gtest/gtest.h>

#include "io/dicom/deidentify/burned_in.h"
#include "io/dicom/deidentify/deidentify_dataset.h"
#include "tests/io/dicom/deidentify/planted.h"

namespace voxprior {
namespace {

using namespace test;

const Pseudonyms& pseudonyms() {
  static const Pseudonyms result(SecretKey{1, 2, 3});
  return result;
}

std::string cleaned_description(const std::string& description, const std::string& character_set = "ISO_IR 100") {
  DcmDataset dataset;
  fill_ct_slice(dataset);
  put(dataset, DCM_SpecificCharacterSet, character_set);
  put(dataset, DCM_InstitutionName, "Elsewhere Hospital");
  put(dataset, DCM_SeriesDescription, description);
  DeidentifyOptions options;
  options.clean_descriptors = true;
  deidentify_dataset(dataset, options, pseudonyms());
  return get(dataset, DCM_SeriesDescription);
}

TEST(CleanDescriptors, KeepsDescriptionsWithoutWhatIdentifies) {
  EXPECT_EQ(cleaned_description("THORAX 1.0 B40f"), "THORAX 1.0 B40f");
  EXPECT_EQ(cleaned_description("THORAX Plantagenet"), "THORAX");
  EXPECT_EQ(cleaned_description("THORAX planted4711 Elsewhere"), "THORAX");
  EXPECT_EQ(cleaned_description("Rose Plantagenet"), "(missing)");
}

TEST(CleanDescriptors, RemovesWhatItCannotCutIntoWords) {
  EXPECT_EQ(cleaned_description("THORAX \x1b$B0B1", "ISO 2022 IR 87"), "(missing)");
  EXPECT_EQ(cleaned_description("THORAX \xd6\xd0", "GB18030"), "(missing)");
  EXPECT_EQ(cleaned_description("THORAX \xc3\xa4rtlich", "ISO_IR 192"), "THORAX \xc3\xa4rtlich");
}

TEST(CleanDescriptors, WithoutTheOptionDescriptionsGo) {
  DcmDataset dataset;
  fill_ct_slice(dataset);
  put(dataset, DCM_SeriesDescription, "THORAX");
  deidentify_dataset(dataset, {}, pseudonyms());
  EXPECT_FALSE(dataset.tagExists(DCM_SeriesDescription));
}

std::string risk(const std::string& modality, const std::string& sop_class, const std::string& burned_in) {
  DcmDataset dataset;
  fill_ct_slice(dataset);
  put(dataset, DCM_Modality, modality);
  put(dataset, DCM_SOPClassUID, sop_class);
  if (!burned_in.empty()) put(dataset, DCM_BurnedInAnnotation, burned_in);
  return burned_in_risk(dataset);
}

TEST(BurnedInRisk, FollowsTheHeaderAndElseTheModality) {
  EXPECT_EQ(risk("CT", UID_CTImageStorage, ""), "");
  EXPECT_EQ(risk("MR", UID_MRImageStorage, ""), "");
  EXPECT_NE(risk("CT", UID_CTImageStorage, "YES"), "");
  EXPECT_NE(risk("CT", UID_SecondaryCaptureImageStorage, ""), "");
  EXPECT_EQ(risk("CT", UID_SecondaryCaptureImageStorage, "NO"), "");
  EXPECT_NE(risk("US", UID_UltrasoundImageStorage, ""), "");
  EXPECT_EQ(risk("US", UID_UltrasoundImageStorage, "NO"), "");
  EXPECT_NE(risk("XA", UID_XRayAngiographicImageStorage, ""), "");
  EXPECT_NE(risk("OT", UID_CTImageStorage, ""), "");
}

TEST(BurnedInRisk, SeesScreenSavesAndOverlaysInUnusedBits) {
  DcmDataset screen, overlay;
  fill_ct_slice(screen);
  fill_ct_slice(overlay);
  put(screen, DCM_ImageType, "DERIVED\\SECONDARY\\SCREEN SAVE");
  check(overlay.putAndInsertUint16(DcmTag(0x6000, 0x0102, EVR_US), 12));
  put(overlay, DCM_BurnedInAnnotation, "NO");
  EXPECT_NE(burned_in_risk(screen), "");
  EXPECT_NE(burned_in_risk(overlay), "");
}

}  // namespace
}  // namespace voxprior
