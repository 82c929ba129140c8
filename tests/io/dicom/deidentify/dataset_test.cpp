#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "io/dicom/deidentify/deidentify_dataset.h"
#include "tests/io/dicom/deidentify/planted.h"

namespace voxprior {
namespace {

using namespace test;

const Pseudonyms& pseudonyms() {
  static const Pseudonyms result(SecretKey{1, 2, 3});
  return result;
}

DeidentifyOptions shifting(int days) {
  DeidentifyOptions options;
  options.dates = DeidentifyOptions::Dates::shift;
  options.shift_days = days;
  return options;
}

/// Every value of the data set as DCMTK prints it, nothing shortened.
std::string printed(DcmDataset& dataset) {
  std::ostringstream out;
  dataset.print(out, 0);
  return out.str();
}

void expect_no_trace(DcmDataset& dataset) {
  const std::string all = printed(dataset);
  for (const std::string& trace : planted_traces()) {
    const std::size_t found = all.find(trace);
    EXPECT_EQ(found, std::string::npos) << trace << " in " << all.substr(found < 100 ? 0 : found - 100, 200);
  }
}

TEST(DeidentifyDataset, LeavesNoTraceOfWhatWasPlantedInAnyAttributeOfTheTable) {
  DcmDataset dataset;
  fill_planted(dataset);
  ASSERT_NE(printed(dataset).find("PLANTED"), std::string::npos);
  deidentify_dataset(dataset, {}, pseudonyms());
  expect_no_trace(dataset);
}

TEST(DeidentifyDataset, LeavesNoTraceInOtherIodsAndWithOptions) {
  DeidentifyOptions options = shifting(-700);
  options.clean_descriptors = true;
  for (const char* sop_class :
       {UID_CTImageStorage, UID_EnhancedMRImageStorage, UID_PositronEmissionTomographyImageStorage}) {
    DcmDataset dataset;
    fill_planted(dataset);
    put(dataset, DCM_SOPClassUID, sop_class);
    DcmDataset with_options(dataset);
    deidentify_dataset(dataset, {}, pseudonyms());
    expect_no_trace(dataset);
    deidentify_dataset(with_options, options, pseudonyms());
    const std::string all = printed(with_options);
    for (const char* trace :
         {"Plantagenet", "Rose", "PLANTED", "1977", kUidRoot})  // times of day stay with shifted dates
      EXPECT_EQ(all.find(trace), std::string::npos) << trace << " in " << all.substr(all.find(trace) - 60, 120);
  }
}

TEST(DeidentifyDataset, EachActionDoesWhatItSays) {
  DcmDataset dataset;
  fill_planted(dataset);
  put(dataset, DCM_SOPClassUID, UID_EnhancedCTImageStorage);
  deidentify_dataset(dataset, {}, pseudonyms());
  EXPECT_FALSE(dataset.tagExists(DCM_StudyDescription));                                            // X
  EXPECT_EQ(get(dataset, DCM_AccessionNumber), "");                                                 // Z
  EXPECT_EQ(get(dataset, DCM_ClinicalTrialSponsorName), "ANONYMOUS");                               // D
  EXPECT_EQ(get(dataset, DCM_SOPInstanceUID), pseudonyms().uid(std::string(kUidRoot) + "8.18.1"));  // U
  EXPECT_EQ(get(dataset, DCM_AcquisitionDate), "");                                                 // X/Z
  EXPECT_EQ(get(dataset, DCM_SeriesDate), "19000101");                                              // X/D
  EXPECT_EQ(get(dataset, DCM_AcquisitionDateTime), "19000101000000");                               // X/Z/D
  EXPECT_EQ(get(dataset, DCM_ContentTime), "000000");                                               // Z/D
  EXPECT_EQ(get(item_of(dataset, DCM_SourceImageSequence), DCM_ReferencedSOPInstanceUID),
            pseudonyms().uid(std::string(kUidRoot) + "8.4437"));  // X/Z/U*; planted in (0008,1155)
  EXPECT_EQ(get(item_of(dataset, DCM_SourceImageSequence), DCM_ReferencedSOPClassUID), UID_CTImageStorage);
}

TEST(DeidentifyDataset, ClassicCtLosesTheOptionalAttributesThatOtherIodsNeed) {
  DcmDataset dataset;
  fill_planted(dataset);
  deidentify_dataset(dataset, {}, pseudonyms());
  for (const DcmTagKey& tag :
       {DCM_SeriesDate, DCM_AcquisitionDate, DCM_InstitutionName, DCM_DeviceSerialNumber, DCM_ProtocolName})
    EXPECT_FALSE(dataset.tagExists(tag)) << tag;
  for (const DcmTagKey& tag :
       {DCM_StudyDate, DCM_StudyTime, DCM_ReferringPhysicianName, DCM_StudyID, DCM_PatientBirthDate, DCM_PatientSex})
    EXPECT_EQ(get(dataset, tag), "") << tag;
}

TEST(DeidentifyDataset, KeepsWhatDescribesTheImage) {
  DcmDataset dataset, before;
  fill_ct_slice(dataset);
  fill_ct_slice(before);
  deidentify_dataset(dataset, {}, pseudonyms());
  for (const DcmTagKey& tag :
       {DCM_Modality, DCM_Manufacturer, DCM_KVP, DCM_ImagePositionPatient, DCM_ImageOrientationPatient,
        DCM_PixelSpacing, DCM_RescaleIntercept, DCM_SeriesNumber, DCM_InstanceNumber, DCM_SOPClassUID})
    EXPECT_EQ(get(dataset, tag), get(before, tag)) << tag;
  const Uint16 *pixels = nullptr, *pixels_before = nullptr;
  check(dataset.findAndGetUint16Array(DCM_PixelData, pixels));
  check(before.findAndGetUint16Array(DCM_PixelData, pixels_before));
  EXPECT_TRUE(std::equal(pixels, pixels + 12, pixels_before));
}

TEST(DeidentifyDataset, OneOriginalHasOneReplacementWhereverItStands) {
  DcmDataset one, two;
  fill_ct_slice(one, "1");
  fill_ct_slice(two, "2");
  put(item_of(two, DCM_SourceImageSequence), DCM_ReferencedSOPInstanceUID, get(one, DCM_SOPInstanceUID));
  put(item_of(two, DCM_ReferencedImageSequence), DCM_ReferencedSOPInstanceUID, get(one, DCM_SOPInstanceUID));
  deidentify_dataset(two, {}, pseudonyms());
  deidentify_dataset(one, {}, pseudonyms());
  for (const DcmTagKey& tag :
       {DCM_StudyInstanceUID, DCM_SeriesInstanceUID, DCM_FrameOfReferenceUID, DCM_PatientID, DCM_PatientName})
    EXPECT_EQ(get(one, tag), get(two, tag)) << tag;
  EXPECT_NE(get(one, DCM_SOPInstanceUID), get(two, DCM_SOPInstanceUID));
  EXPECT_EQ(get(item_of(two, DCM_SourceImageSequence), DCM_ReferencedSOPInstanceUID), get(one, DCM_SOPInstanceUID));
  EXPECT_EQ(get(item_of(two, DCM_ReferencedImageSequence), DCM_ReferencedSOPInstanceUID), get(one, DCM_SOPInstanceUID));
}

TEST(DeidentifyDataset, AnotherKeyGivesOtherPseudonyms) {
  DcmDataset one, two;
  fill_ct_slice(one);
  fill_ct_slice(two);
  deidentify_dataset(one, {}, pseudonyms());
  deidentify_dataset(two, {}, Pseudonyms(SecretKey{9}));
  for (const DcmTagKey& tag : {DCM_StudyInstanceUID, DCM_SOPInstanceUID, DCM_FrameOfReferenceUID, DCM_PatientID})
    EXPECT_NE(get(one, tag), get(two, tag)) << tag;
}

TEST(DeidentifyDataset, RetainUidsKeepsThem) {
  DcmDataset dataset;
  fill_planted(dataset);
  DeidentifyOptions options;
  options.retain_uids = true;
  deidentify_dataset(dataset, options, pseudonyms());
  EXPECT_EQ(get(dataset, DCM_SOPInstanceUID), std::string(kUidRoot) + "8.18.1");
  EXPECT_EQ(get(item_of(dataset, DCM_ReferencedStudySequence), DCM_ReferencedSOPInstanceUID),
            std::string(kUidRoot) + "8.4437");
  EXPECT_EQ(printed(dataset).find("PLANTED"), std::string::npos);
}

TEST(DeidentifyDataset, ShiftedDatesKeepTheirDistance) {
  DcmDataset first, second;
  fill_ct_slice(first);
  fill_ct_slice(second);
  put(first, DCM_StudyDate, "20031230");
  put(second, DCM_StudyDate, "20040301");  // 62 days later
  put(second, DCM_AcquisitionDateTime, "20040302101500.5");
  deidentify_dataset(first, shifting(-10), pseudonyms());
  deidentify_dataset(second, shifting(-10), pseudonyms());
  EXPECT_EQ(get(first, DCM_StudyDate), "20031220");
  EXPECT_EQ(get(second, DCM_StudyDate), "20040220");
  EXPECT_EQ(get(second, DCM_AcquisitionDateTime), "20040221101500.5");
  EXPECT_EQ(get(second, DCM_StudyTime), kTime);
  EXPECT_EQ(get(second, DCM_PatientBirthDate), "");
  EXPECT_EQ(get(second, DCM_LongitudinalTemporalInformationModified), "MODIFIED");
}

TEST(DeidentifyDataset, EachPatientHasAnOwnDateShift) {
  DeidentifyOptions options;
  options.dates = DeidentifyOptions::Dates::shift;
  DcmDataset one, same, other;
  for (DcmDataset* dataset : {&one, &same, &other}) fill_ct_slice(*dataset);
  put(other, DCM_PatientID, "somebody else");
  for (DcmDataset* dataset : {&one, &same, &other}) deidentify_dataset(*dataset, options, pseudonyms());
  EXPECT_EQ(get(one, DCM_StudyDate), get(same, DCM_StudyDate));
  EXPECT_NE(get(one, DCM_StudyDate), get(other, DCM_StudyDate));
  EXPECT_NE(get(one, DCM_StudyDate), kDate);
}

TEST(DeidentifyDataset, ADateThatCannotBeShiftedIsRemoved) {
  DcmDataset dataset;
  fill_ct_slice(dataset);
  put(dataset, DCM_StudyDate, "March 1977");
  deidentify_dataset(dataset, shifting(-10), pseudonyms());
  EXPECT_EQ(get(dataset, DCM_StudyDate), "");
}

TEST(DeidentifyDataset, SaysWhatWasDone) {
  DcmDataset dataset;
  fill_ct_slice(dataset);
  DeidentifyOptions options = shifting(-10);
  options.clean_descriptors = options.retain_uids = true;
  deidentify_dataset(dataset, options, pseudonyms());
  EXPECT_EQ(get(dataset, DCM_PatientIdentityRemoved), "YES");
  EXPECT_LE(get(dataset, DCM_DeidentificationMethod).size(), 64u);
  const char* codes[] = {"113100", "113105", "113107", "113110"};
  for (long n = 0; n < 4; ++n) {
    DcmItem& code = item_of(dataset, DCM_DeidentificationMethodCodeSequence, n);
    EXPECT_EQ(get(code, DCM_CodeValue), codes[n]);
    EXPECT_EQ(get(code, DCM_CodingSchemeDesignator), "DCM");
  }
  DcmDataset plain;
  fill_ct_slice(plain);
  deidentify_dataset(plain, {}, pseudonyms());
  EXPECT_EQ(get(plain, DCM_LongitudinalTemporalInformationModified), "REMOVED");
  DcmItem* second = nullptr;
  EXPECT_TRUE(plain.findAndGetSequenceItem(DCM_DeidentificationMethodCodeSequence, second, 1).bad());
}

void put_as_unknown(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
  auto* element = new DcmOtherByteOtherWord(DcmTag(tag, EVR_UN));
  check(element->putUint8Array(reinterpret_cast<const Uint8*>(value.data()), static_cast<Uint32>(value.size())));
  check(item.insert(element, OFTrue));
}

TEST(DeidentifyDataset, TextInVrUnIsTreatedAsWhatItIsAndNumbersStay) {
  DcmDataset dataset;
  fill_ct_slice(dataset);
  put_as_unknown(dataset, DCM_Modality, "CT");
  put_as_unknown(dataset, DCM_PatientName, kName);
  put_as_unknown(dataset, DCM_StudyDescription, kText);
  put_as_unknown(dataset, DCM_SOPInstanceUID, std::string(kUidRoot) + "8.18.1");
  put_as_unknown(dataset, DCM_FrameIncrementPointer, std::string("\x04\x30\x0c\x00", 4));
  put_as_unknown(dataset, DCM_RequestAttributesSequence, kText);
  put_as_unknown(dataset, DCM_ReferencedImageSequence, kText);
  put_as_unknown(dataset, DCM_CTDIPhantomTypeCodeSequence, kText);
  deidentify_dataset(dataset, {}, pseudonyms());
  EXPECT_EQ(get(dataset, DCM_Modality), "CT");
  EXPECT_EQ(get(dataset, DCM_SOPInstanceUID), pseudonyms().uid(std::string(kUidRoot) + "8.18.1"));
  EXPECT_TRUE(dataset.tagExists(DCM_FrameIncrementPointer));
  expect_no_trace(dataset);
}

TEST(DeidentifyDataset, PatientsWithoutIdAreToldApartByName) {
  DcmDataset one, two;
  fill_ct_slice(one);
  fill_ct_slice(two);
  put(one, DCM_PatientID, "");
  put(two, DCM_PatientID, " ");
  put(two, DCM_PatientName, "Tudor^Henry");
  deidentify_dataset(one, {}, pseudonyms());
  deidentify_dataset(two, {}, pseudonyms());
  EXPECT_NE(get(one, DCM_PatientID), get(two, DCM_PatientID));
}

}  // namespace
}  // namespace voxprior
