#pragma once
// Includes DCMTK.

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcmetinf.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace voxprior::test {

/// A classic CT or MR image of 4 columns and 3 rows, written attribute by attribute.
struct SyntheticImage {
  bool is_ct = true;
  std::string uid = "1.2.3.1";
  std::string series_uid = "1.2.3";
  std::array<double, 3> position_mm{-10, 20, 5};
  std::string orientation = "1\\0\\0\\0\\1\\0";
  std::string slope = "1", intercept = "-1024";  ///< empty: not given
  bool is_signed = false;
  std::vector<std::int16_t> stored{0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 4095};
  std::vector<std::pair<DcmTag, std::string>> more;  ///< set last, in place of what is there; empty: removed
};

inline void write_image(const std::filesystem::path& path, const SyntheticImage& image) {
  DcmFileFormat file;
  DcmDataset& d = *file.getDataset();
  const auto text = [&](const DcmTag& tag, const std::string& value) { d.putAndInsertString(tag, value.c_str()); };
  text(DCM_SOPClassUID, image.is_ct ? UID_CTImageStorage : UID_MRImageStorage);
  text(DCM_SOPInstanceUID, image.uid);
  text(DCM_StudyInstanceUID, "1.2");
  text(DCM_SeriesInstanceUID, image.series_uid);
  text(DCM_Modality, image.is_ct ? "CT" : "MR");
  text(DCM_ImageType, image.is_ct ? "ORIGINAL\\PRIMARY\\AXIAL" : "ORIGINAL\\PRIMARY\\M");
  text(DCM_SeriesNumber, "7");
  text(DCM_PixelSpacing, "0.75\\0.5");
  text(DCM_ImageOrientationPatient, image.orientation);
  text(DCM_ImagePositionPatient, std::to_string(image.position_mm[0]) + "\\" + std::to_string(image.position_mm[1]) +
                                     "\\" + std::to_string(image.position_mm[2]));
  text(DCM_PhotometricInterpretation, "MONOCHROME2");
  const auto number = [&](const DcmTagKey& tag, Uint16 value) { d.putAndInsertUint16(tag, value); };
  number(DCM_SamplesPerPixel, 1);
  number(DCM_Rows, 3);
  number(DCM_Columns, 4);
  number(DCM_BitsAllocated, 16);
  number(DCM_BitsStored, image.is_signed ? 16 : 12);
  number(DCM_HighBit, image.is_signed ? 15 : 11);
  number(DCM_PixelRepresentation, image.is_signed ? 1 : 0);
  if (!image.slope.empty()) text(DCM_RescaleSlope, image.slope);
  if (!image.intercept.empty()) text(DCM_RescaleIntercept, image.intercept);
  std::vector<Uint16> words(image.stored.begin(), image.stored.end());
  d.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size());
  for (const auto& [tag, value] : image.more) {
    if (value.empty()) {
      d.findAndDeleteElement(tag);
    } else {
      text(tag, value);
    }
  }
  if (file.saveFile(OFFilename(path.c_str()), EXS_LittleEndianExplicit).bad())
    throw std::runtime_error("cannot write a test image");
}

/// `count` images of one series, `step_mm` apart along z; names run with the UIDs and against the positions.
/// `change` may alter each before it is written.
template <typename Change>
void write_series(const std::filesystem::path& folder, int count, double step_mm, Change change) {
  std::filesystem::create_directories(folder);
  for (int n = 0; n < count; ++n) {
    SyntheticImage image;
    image.uid = "1.2.3." + std::to_string(100 + n);
    image.position_mm[2] = 5 + (count - 1 - n) * step_mm;
    image.stored[0] = static_cast<std::int16_t>(count - 1 - n);  // says which plane it is
    change(n, image);
    write_image(folder / ("image" + std::to_string(n)), image);
  }
}

inline void write_series(const std::filesystem::path& folder, int count, double step_mm) {
  write_series(folder, count, step_mm, [](int, SyntheticImage&) {});
}

}  // namespace voxprior::test
