// Which compressed bytes belong to which frame. Files are made by DCMTK's encoders out of known values.
#include "io/dicom/pixels/fragments.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <gmock/gmock.h>

#include "io/dicom/pixels/frame_pixels.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int kRows = 40, kColumns = 50, kFrames = 4;

/// Frame f: a ramp with texture that no codec makes smaller than one small fragment.
std::vector<std::int32_t> values_of_frame(int f) {
  std::vector<std::int32_t> values;
  for (int i = 0; i < kRows * kColumns; ++i) values.push_back((f * 7001 + i * 37 + (i * i * 31) % 997) % 4096);
  return values;
}

/// Encoders, registered while a test needs them; fragments of at most 1 KiB.
class Encoders {
 public:
  explicit Encoders(bool offset_table) {
    DcmRLEEncoderRegistration::registerCodecs(OFFalse, 0, offset_table);
    DJEncoderRegistration::registerCodecs(ECC_lossyYCbCr, EUC_never, OFFalse, 0, 0, 1, offset_table);
    DJLSEncoderRegistration::registerCodecs(0, 0, 0, 0, OFTrue, 1, offset_table, EJLSUC_never);
  }
  ~Encoders() {
    DcmRLEEncoderRegistration::cleanup();
    DJEncoderRegistration::cleanup();
    DJLSEncoderRegistration::cleanup();
  }
};

void fill(DcmDataset& data) {
  data.putAndInsertString(DCM_SOPClassUID, UID_MultiframeGrayscaleWordSecondaryCaptureImageStorage);
  data.putAndInsertString(DCM_SOPInstanceUID, "2.25.1");
  data.putAndInsertUint16(DCM_SamplesPerPixel, 1);
  data.putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME2");
  data.putAndInsertString(DCM_NumberOfFrames, std::to_string(kFrames).c_str());
  data.putAndInsertUint16(DCM_Rows, kRows);
  data.putAndInsertUint16(DCM_Columns, kColumns);
  data.putAndInsertUint16(DCM_BitsAllocated, 16);
  data.putAndInsertUint16(DCM_BitsStored, 12);
  data.putAndInsertUint16(DCM_HighBit, 11);
  data.putAndInsertUint16(DCM_PixelRepresentation, 0);
  std::vector<Uint16> cells;
  for (int f = 0; f < kFrames; ++f)
    for (const std::int32_t value : values_of_frame(f)) cells.push_back(static_cast<Uint16>(value));
  data.putAndInsertUint16Array(DCM_PixelData, cells.data(), static_cast<unsigned long>(cells.size()));
}

void write_made(const fs::path& path, E_TransferSyntax syntax, bool offset_table) {
  const Encoders encoders(offset_table);
  DcmFileFormat file;
  fill(*file.getDataset());
  const DJ_RPLossless lossless;
  ASSERT_TRUE(
      file.getDataset()->chooseRepresentation(syntax, syntax == EXS_JPEGProcess14SV1 ? &lossless : nullptr).good());
  ASSERT_TRUE(file.saveFile(path.c_str(), syntax).good());
}

unsigned long fragment_count(DcmFileFormat& file, E_TransferSyntax syntax) {
  DcmElement* element = nullptr;
  file.getDataset()->findAndGetElement(DCM_PixelData, element);
  DcmPixelSequence* sequence = nullptr;
  dynamic_cast<DcmPixelData&>(*element).getEncapsulatedRepresentation(syntax, nullptr, sequence);
  return sequence->card() - 1;
}

void expect_frames_in_any_order(DcmFileFormat& file) {
  for (const int f : {2, 0, 3, 1, 2}) EXPECT_EQ(decode_frame(file, f, "made").stored, values_of_frame(f)) << f;
}

class Fragments : public testing::TestWithParam<E_TransferSyntax> {
 protected:
  test::ScratchFolder scratch_;
};

TEST_P(Fragments, FramesAreFoundByTheOffsetTable) {
  write_made(scratch_ / "made.dcm", GetParam(), true);
  expect_frames_in_any_order(*load_dicom(scratch_ / "made.dcm", PixelLoading::load));
}

TEST_P(Fragments, FramesAreFoundWithoutAnOffsetTable) {
  write_made(scratch_ / "made.dcm", GetParam(), false);
  expect_frames_in_any_order(*load_dicom(scratch_ / "made.dcm", PixelLoading::load));
}

INSTANTIATE_TEST_SUITE_P(Syntaxes, Fragments,
                         testing::Values(EXS_RLELossless, EXS_JPEGProcess14SV1, EXS_JPEGLSLossless,
                                         EXS_LittleEndianImplicit, EXS_BigEndianExplicit,
                                         EXS_DeflatedLittleEndianExplicit));

TEST(FragmentsOfOneFrame, TheTestFilesHaveSeveralFragmentsAFrame) {
  const test::ScratchFolder scratch;
  for (const E_TransferSyntax syntax : {EXS_JPEGProcess14SV1, EXS_JPEGLSLossless}) {
    write_made(scratch / "made.dcm", syntax, true);
    EXPECT_GT(fragment_count(*load_dicom(scratch / "made.dcm", PixelLoading::load), syntax), 2ul * kFrames);
  }
}

TEST(FragmentsOfOneFrame, AnOffsetTableThatPointsBetweenFragmentsIsRefused) {
  const test::ScratchFolder scratch;
  write_made(scratch / "made.dcm", EXS_JPEGProcess14SV1, true);
  const auto file = load_dicom(scratch / "made.dcm", PixelLoading::load);
  DcmElement* element = nullptr;
  file->getDataset()->findAndGetElement(DCM_PixelData, element);
  DcmPixelSequence* sequence = nullptr;
  dynamic_cast<DcmPixelData&>(*element).getEncapsulatedRepresentation(EXS_JPEGProcess14SV1, nullptr, sequence);
  DcmPixelItem* table = nullptr;
  ASSERT_TRUE(sequence->getItem(table, 0).good());
  std::vector<Uint8> offsets(4 * kFrames, 3);
  ASSERT_TRUE(table->putUint8Array(offsets.data(), static_cast<unsigned long>(offsets.size())).good());
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { decode_frame(*file, 1, "made"); }),
              HasSubstr("points between fragments"));
}

}  // namespace
}  // namespace voxprior
