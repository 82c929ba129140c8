#include "io/dicom/dataset.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <gmock/gmock.h>

#include <vector>

#include "base/error.h"
#include "io/dicom/pixels/frame_pixels.h"
#include "tests/io/dicom/dicom_bytes.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kFiles = fs::path(VOXPRIOR_TESTDATA) / "dicom/pydicom";

std::string text_of(DcmFileFormat& file, const DcmTagKey& tag) {
  OFString value;
  file.getDataset()->findAndGetOFString(tag, value);
  return value.c_str();
}

TEST(DicomDataset, SkippingPixelsKeepsEverythingBeforeThem) {
  const auto whole = load_dicom(kFiles / "CT_small.dcm", PixelLoading::load);
  const auto header = load_dicom(kFiles / "CT_small.dcm", PixelLoading::skip);
  EXPECT_TRUE(whole->getDataset()->tagExists(DCM_PixelData));
  EXPECT_FALSE(header->getDataset()->tagExists(DCM_PixelData));
  for (const DcmTagKey& tag : {DCM_SOPInstanceUID, DCM_Modality, DCM_Rows, DCM_ImagePositionPatient, DCM_RescaleSlope})
    EXPECT_EQ(text_of(*header, tag), text_of(*whole, tag));
  EXPECT_EQ(text_of(*header, DCM_Modality), "CT");
}

TEST(DicomDataset, FilesWithoutFileMetaAreReadInTheByteOrderOfTheirFirstElement) {
  const auto little = load_dicom(kFiles / "ExplVR_LitEndNoMeta.dcm", PixelLoading::load);
  const auto big = load_dicom(kFiles / "ExplVR_BigEndNoMeta.dcm", PixelLoading::load);
  EXPECT_EQ(text_of(*little, DCM_SpecificCharacterSet), "ISO_IR 100");
  EXPECT_GT(little->getDataset()->card(), 5u);
  EXPECT_EQ(little->getDataset()->card(), big->getDataset()->card());
}

TEST(DicomDataset, AnUnknownTransferSyntaxHidesNothingButThePixels) {
  const test::ScratchFolder scratch;
  const std::string fragments =
      test::element(0xfffee000, "", "") + test::element(0xfffee000, "", "data") + test::element(0xfffee0dd, "", "");
  test::put_bytes(scratch / "htj2k.dcm", test::file_meta("1.2.840.10008.1.2.4.201") + test::ImageBytes().bytes() +
                                             test::element(0x7fe00010, "OB", fragments, 0xffffffff));
  const auto header = load_dicom(scratch / "htj2k.dcm", PixelLoading::skip);
  EXPECT_EQ(text_of(*header, DCM_Rows), "2");
}

TEST(DicomDataset, EveryTruncationIsRefusedOrCostsNoPixel) {
  const test::ScratchFolder scratch;
  for (const char* name : {"MR_small_implicit.dcm", "MR_small_bigendian.dcm", "MR_small_RLE.dcm", "image_dfl.dcm"}) {
    const std::string whole = test::bytes_of(kFiles / name);
    const std::vector<std::int32_t> pixels =
        decode_frame(*load_dicom(kFiles / name, PixelLoading::load), 0, name).stored;
    for (std::size_t kept = 0; kept < whole.size(); kept += 251) {
      test::put_bytes(scratch / "cut.dcm", whole.substr(0, kept));
      try {
        const auto cut = load_dicom(scratch / "cut.dcm", PixelLoading::load);
        // A cut between two elements is no damage that bytes can show.
        if (cut->getDataset()->tagExists(DCM_PixelData)) {
          EXPECT_EQ(decode_frame(*cut, 0, name).stored, pixels) << kept;
        }
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ExitCode::input) << name << " cut to " << kept;
      }
    }
  }
}

struct DamagedFile {
  const char* name;
  const char* reason;
};

TEST(DicomDataset, DamagedFilesAreRefusedForTheirTrueReason) {
  for (const auto& [name, reason] : {
           DamagedFile{"MR_truncated.dcm", "(7fe0,0010) is said to be 8192 bytes long, 8130 are left"},
           DamagedFile{"rtplan_truncated.dcm", "(300a,00b0) is said to be 976 bytes long, 711 are left"},
           DamagedFile{"badVR.dcm", "NumberOfFrames is no positive number"},
           DamagedFile{"meta_missing_tsyntax.dcm", "names no TransferSyntaxUID"},
           DamagedFile{"nested_priv_SQ.dcm", "has pixel data but no Rows"},
           DamagedFile{"SC_rgb_jpeg.dcm", "value representation that DICOM does not know"},
           DamagedFile{"DICOMDIR-nooffset", "(fffe,e000) is said to be 248 bytes long, 224 are left"},
       }) {
    const fs::path path = kFiles / name;
    EXPECT_THAT(test::refusal(ExitCode::input, [&] { load_dicom(path, PixelLoading::load); }), HasSubstr(reason));
  }
}

TEST(DicomDataset, OnlyDicomLooksLikeDicom) {
  const test::ScratchFolder scratch;
  for (const char* name :
       {"CT_small.dcm", "ExplVR_LitEndNoMeta.dcm", "ExplVR_BigEndNoMeta.dcm", "no_meta_group_length.dcm"})
    EXPECT_TRUE(looks_like_dicom(kFiles / name)) << name;
  EXPECT_FALSE(looks_like_dicom(kFiles / "LICENSE"));
  EXPECT_FALSE(looks_like_dicom(fs::path(VOXPRIOR_TESTDATA) / "brain_t1_crop.nii.gz"));
  EXPECT_FALSE(looks_like_dicom(scratch / "missing"));
  EXPECT_FALSE(looks_like_dicom(scratch.path()));
}

}  // namespace
}  // namespace voxprior
