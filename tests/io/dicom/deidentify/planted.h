#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace voxprior::test {

// What no de-identified file may hold. Planted in every attribute of the profile that its VR lets hold it.
constexpr const char* kName = "Plantagenet^Rose";
constexpr const char* kText = "PLANTED4711";
constexpr const char* kDate = "19770318";
constexpr const char* kTime = "131719";
constexpr const char* kUidRoot = "1.2.826.77.";

inline const std::vector<std::string>& planted_traces() {
  static const std::vector<std::string> traces{"Plantagenet", "Rose", kText, "PLANTED", "1977", kTime, kUidRoot};
  return traces;
}

inline void check(const OFCondition& condition) {
  if (condition.bad()) throw std::runtime_error(condition.text());
}

inline void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
  check(item.putAndInsertString(DcmTag(tag), value.c_str()));
}

inline std::string get(DcmItem& item, const DcmTagKey& tag) {
  OFString value;
  if (item.findAndGetOFStringArray(tag, value).bad()) return "(missing)";
  return value.c_str();
}

inline DcmItem& item_of(DcmItem& parent, const DcmTagKey& sequence, long n = 0) {
  DcmItem* item = nullptr;
  check(parent.findOrCreateSequenceItem(DcmTag(sequence), item, n));
  return *item;
}

/// A CT slice of 4 x 3 pixels that is complete in the sense of its IOD; all its identifiers are planted.
inline void fill_ct_slice(DcmItem& d, const std::string& instance = "1") {
  put(d, DCM_SpecificCharacterSet, "ISO_IR 100");
  put(d, DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
  put(d, DCM_SOPClassUID, UID_CTImageStorage);
  put(d, DCM_SOPInstanceUID, std::string(kUidRoot) + "8.18." + instance);
  put(d, DCM_StudyDate, kDate);
  put(d, DCM_ContentDate, kDate);
  put(d, DCM_StudyTime, kTime);
  put(d, DCM_ContentTime, kTime);
  put(d, DCM_AccessionNumber, kText);
  put(d, DCM_Modality, "CT");
  put(d, DCM_Manufacturer, "ACME");
  put(d, DCM_ReferringPhysicianName, kName);
  put(d, DCM_PatientName, kName);
  put(d, DCM_PatientID, kText);
  put(d, DCM_PatientBirthDate, kDate);
  put(d, DCM_PatientSex, "F");
  put(d, DCM_KVP, "120");
  put(d, DCM_PatientPosition, "HFS");
  put(d, DCM_StudyInstanceUID, std::string(kUidRoot) + "20.13");
  put(d, DCM_SeriesInstanceUID, std::string(kUidRoot) + "20.14");
  put(d, DCM_StudyID, kText);
  put(d, DCM_SeriesNumber, "3");
  put(d, DCM_AcquisitionNumber, "1");
  put(d, DCM_InstanceNumber, instance);
  put(d, DCM_ImagePositionPatient, "-10\\-20\\" + instance);
  put(d, DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
  put(d, DCM_FrameOfReferenceUID, std::string(kUidRoot) + "20.52");
  put(d, DCM_PositionReferenceIndicator, "");
  put(d, DCM_PhotometricInterpretation, "MONOCHROME2");
  put(d, DCM_SliceThickness, "1");
  put(d, DCM_PixelSpacing, "0.5\\0.5");
  put(d, DCM_RescaleIntercept, "-1024");
  put(d, DCM_RescaleSlope, "1");
  put(d, DCM_RescaleType, "HU");
  for (const auto& [tag, value] : std::vector<std::pair<DcmTagKey, Uint16>>{{DCM_SamplesPerPixel, 1},
                                                                            {DCM_Rows, 3},
                                                                            {DCM_Columns, 4},
                                                                            {DCM_BitsAllocated, 16},
                                                                            {DCM_BitsStored, 16},
                                                                            {DCM_HighBit, 15},
                                                                            {DCM_PixelRepresentation, 0}}) {
    check(d.putAndInsertUint16(DcmTag(tag), value));
  }
  const Uint16 pixels[12] = {1, 2, 3, 4, 1000, 1001, 1002, 1003, 40000, 50000, 60000, 65535};
  check(d.putAndInsertUint16Array(DcmTag(DCM_PixelData), pixels, 12));
}

inline void put_opaque(DcmItem& item, const DcmTag& tag) {
  auto* element = new DcmOtherByteOtherWord(tag);
  check(element->putUint8Array(reinterpret_cast<const Uint8*>("PLANTED4711 "), 12));
  check(item.insert(element));
}

/// Puts a value that must not survive into the attribute, as its VR allows; in sequences, items deep, as well.
inline void plant(DcmItem& item, const DcmTagKey& key, int depth = 0) {
  const DcmTag tag(key);
  switch (tag.getEVR()) {
    case EVR_PN:
      return put(item, key, kName);
    case EVR_DA:
      return put(item, key, kDate);
    case EVR_TM:
      return put(item, key, kTime);
    case EVR_DT:
      return put(item, key, std::string(kDate) + kTime);
    case EVR_UI:
      return put(item, key, kUidRoot + std::to_string(key.getGroup()) + "." + std::to_string(key.getElement()));
    case EVR_AE:
    case EVR_LO:
    case EVR_LT:
    case EVR_SH:
    case EVR_ST:
    case EVR_UC:
    case EVR_UT:
    case EVR_CS:
    case EVR_UR:
      return put(item, key, kText);
    case EVR_OB:
    case EVR_UN:
      return put_opaque(item, tag);
    case EVR_SQ: {
      DcmItem& nested = item_of(item, key);
      for (const DcmTagKey& inside : {DCM_PatientName, DCM_CodeValue, DCM_ReferencedSOPInstanceUID, DCM_StudyDate,
                                      DCM_PersonName, DCM_InstitutionName, DCM_StudyDescription}) {
        plant(nested, inside);
      }
      put(nested, DCM_ReferencedSOPClassUID, UID_CTImageStorage);
      if (depth < 2)
        plant(nested, DCM_RequestAttributesSequence, depth + 1), plant(nested, DCM_SourceImageSequence, depth + 1);
      return;
    }
    default:
      return;
  }
}

/// Every attribute of the profile's table that DCMTK's dictionary knows.
inline std::vector<DcmTagKey> listed_tags() {
  constexpr auto D = 0, Z = 0, X = 0, U = 0, Z_D = 0, X_Z = 0, X_D = 0, X_Z_D = 0, X_Z_U = 0;
  constexpr auto none = 0, uids = 0, dates = 0, descriptors = 0;
  struct Row {
    Uint16 group, element;
    int action, option;
  };
  const Row rows[] = {
#include "io/dicom/deidentify/profile_table.inc"
  };
  std::vector<DcmTagKey> tags;
  for (const Row& row : rows) {
    if (row.group > 0x0004) tags.emplace_back(row.group, row.element);
  }
  return tags;
}

/// A CT slice with every attribute of the table, private ones, an overlay and a curve, all planted.
inline void fill_planted(DcmItem& dataset) {
  fill_ct_slice(dataset);
  for (const DcmTagKey& tag : listed_tags()) {
    if (!dataset.tagExists(tag)) plant(dataset, tag);
  }
  check(dataset.putAndInsertString(DcmTag(0x0029, 0x0010, EVR_LO), kText));
  check(dataset.putAndInsertString(DcmTag(0x0029, 0x1010, EVR_LO), kText));
  check(dataset.putAndInsertString(DcmTag(0x6000, 0x4000, EVR_LT), kText));
  check(dataset.putAndInsertUint8Array(DcmTag(0x6000, 0x3000, EVR_OB), reinterpret_cast<const Uint8*>("PLANTED4711 "),
                                       12));
  check(dataset.putAndInsertString(DcmTag(0x5000, 0x2500, EVR_LO), kText));
  check(dataset.putAndInsertString(DcmTag(0x0018, 0x7ffe, EVR_LO), kText));  // no attribute of the standard
  check(
      dataset.putAndInsertString(DcmTag(0x0018, 0x0024, EVR_SH), "seq PLANTED4711"));  // SequenceName: not in the table
}

inline void save(DcmDataset& dataset, const std::filesystem::path& path,
                 E_TransferSyntax syntax = EXS_LittleEndianExplicit) {
  DcmFileFormat file(&dataset);
  check(file.saveFile(path.c_str(), syntax));
}

}  // namespace voxprior::test
