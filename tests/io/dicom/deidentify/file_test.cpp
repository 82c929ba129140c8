#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <gtest/gtest.h>

#include <cstring>

#include "io/dicom/deidentify/deidentify_file.h"
#include "tests/io/dicom/deidentify/planted.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using namespace test;
namespace fs = std::filesystem;

class DeidentifyFile : public testing::Test {
 protected:
  void SetUp() override { fs::create_directory(out()); }
  fs::path out() const { return scratch_ / "out"; }
  fs::path in() const { return scratch_ / "Plantagenet.dcm"; }

  DeidentifiedFile deidentify(const DeidentifyOptions& options = {}) const {
    return deidentify_file(in(), out(), options, Pseudonyms(SecretKey{1, 2, 3}));
  }

  ScratchFolder scratch_;
};

TEST_F(DeidentifyFile, NoByteOfTheOutputTellsWhatWasPlanted) {
  DcmDataset dataset;
  fill_planted(dataset);
  save(dataset, in());
  std::string bytes = bytes_of(in());
  std::memcpy(bytes.data(), "PLANTED4711", 11);  // the preamble
  put_bytes(in(), bytes);

  const DeidentifiedFile done = deidentify();
  const std::string clean = bytes_of(done.path);
  for (const std::string& trace : planted_traces()) {
    EXPECT_NE(bytes.find(trace), std::string::npos) << trace;
    EXPECT_EQ(clean.find(trace), std::string::npos) << trace;
    EXPECT_EQ(fs::relative(done.path, out()).string().find(trace), std::string::npos) << trace;
  }
  EXPECT_EQ(clean.substr(0, 128), std::string(128, '\0'));
  EXPECT_EQ(bytes_of(in()), bytes);
}

TEST_F(DeidentifyFile, MetaInformationIsNewAndAgreesWithTheDataSet) {
  DcmDataset dataset;
  fill_ct_slice(dataset);
  DcmFileFormat file(&dataset);
  put(*file.getMetaInfo(), DCM_SourceApplicationEntityTitle, "PLANTED4711");
  check(file.saveFile(in().c_str(), EXS_LittleEndianExplicit, EET_ExplicitLength, EGL_recalcGL, EPD_noChange, 0, 0,
                      EWM_updateMeta));
  ASSERT_NE(bytes_of(in()).find("PLANTED4711"), std::string::npos);

  DcmFileFormat after;
  check(after.loadFile(deidentify().path.c_str()));
  EXPECT_EQ(get(*after.getMetaInfo(), DCM_MediaStorageSOPInstanceUID), get(*after.getDataset(), DCM_SOPInstanceUID));
  EXPECT_FALSE(after.getMetaInfo()->tagExists(DCM_SourceApplicationEntityTitle));
}

TEST_F(DeidentifyFile, EveryUncompressedSyntaxComesOutAsItWentIn) {
  for (const E_TransferSyntax syntax :
       {EXS_LittleEndianImplicit, EXS_LittleEndianExplicit, EXS_BigEndianExplicit, EXS_DeflatedLittleEndianExplicit}) {
    DcmDataset dataset;
    fill_ct_slice(dataset, std::to_string(syntax + 1));
    save(dataset, in(), syntax);
    DcmFileFormat after;
    check(after.loadFile(deidentify().path.c_str()));
    EXPECT_EQ(after.getDataset()->getOriginalXfer(), syntax);
    const Uint16* pixels = nullptr;
    check(after.getDataset()->findAndGetUint16Array(DCM_PixelData, pixels));
    EXPECT_EQ(pixels[4], 1000);
    EXPECT_EQ(pixels[11], 65535);
  }
}

TEST_F(DeidentifyFile, CompressedPixelsArePassedThroughUndecoded) {
  const std::string fragment = "this is no JPEG stream, and nobody looks";
  DcmDataset dataset;
  fill_ct_slice(dataset);
  delete dataset.remove(DCM_PixelData);
  auto* fragments = new DcmPixelSequence(DcmTag(DCM_PixelData, EVR_OB));
  for (const std::string& bytes : {std::string(), fragment}) {
    auto* item = new DcmPixelItem(DcmTag(DCM_Item, EVR_OB));
    check(item->putUint8Array(reinterpret_cast<const Uint8*>(bytes.data()), static_cast<Uint32>(bytes.size())));
    check(fragments->insert(item));
  }
  auto* pixels = new DcmPixelData(DcmTag(DCM_PixelData, EVR_OB));
  pixels->putOriginalRepresentation(EXS_JPEGProcess14SV1, nullptr, fragments);
  check(dataset.insert(pixels));
  save(dataset, in(), EXS_JPEGProcess14SV1);

  const fs::path path = deidentify().path;
  EXPECT_NE(bytes_of(path).find(fragment), std::string::npos);
  DcmFileFormat after;
  check(after.loadFile(path.c_str()));
  EXPECT_EQ(after.getDataset()->getOriginalXfer(), EXS_JPEGProcess14SV1);
}

TEST_F(DeidentifyFile, TheSameKeyGivesTheSameBytes) {
  DcmDataset dataset;
  fill_planted(dataset);
  save(dataset, in());
  const DeidentifiedFile first = deidentify();
  const std::string bytes = bytes_of(first.path);
  fs::remove_all(out());
  fs::create_directory(out());
  const DeidentifiedFile second = deidentify();
  EXPECT_EQ(first.path, second.path);
  EXPECT_EQ(bytes, bytes_of(second.path));
}

TEST_F(DeidentifyFile, RefusesPixelsThatMayShowText) {
  DcmDataset dataset;
  fill_ct_slice(dataset);
  put(dataset, DCM_BurnedInAnnotation, "YES");
  save(dataset, in());
  refusal(ExitCode::input, [&] { deidentify(); });
  EXPECT_TRUE(fs::is_empty(out()));
  DeidentifyOptions accepting;
  accepting.accept_burned_in = true;
  EXPECT_NE(deidentify(accepting).warning, "");
}

TEST_F(DeidentifyFile, RefusesWhatAttributesDoNotClean) {
  for (const char* sop_class :
       {UID_BasicTextSRStorage, UID_EncapsulatedPDFStorage, UID_GrayscaleSoftcopyPresentationStateStorage}) {
    DcmDataset dataset;
    fill_ct_slice(dataset);
    put(dataset, DCM_SOPClassUID, sop_class);
    save(dataset, in());
    refusal(ExitCode::input, [&] { deidentify(); });
  }
  EXPECT_TRUE(fs::is_empty(out()));
}

TEST_F(DeidentifyFile, RefusesTheSameInstanceTwice) {
  DcmDataset dataset;
  fill_ct_slice(dataset);
  save(dataset, in());
  const std::string first = bytes_of(deidentify().path);
  refusal(ExitCode::input, [&] { deidentify(); });
  EXPECT_EQ(first, bytes_of(deidentify_file(in(), scratch_.path(), {}, Pseudonyms(SecretKey{1, 2, 3})).path));
}

TEST_F(DeidentifyFile, ATransferSyntaxNobodyKnowsIsRefused) {
  DcmDataset dataset;
  fill_ct_slice(dataset);
  save(dataset, in());
  std::string bytes = bytes_of(in());
  const std::string known = "1.2.840.10008.1.2.1";
  const std::size_t at = bytes.find(known + '\0');
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, known.size(), "1.2.840.10008.9.9.9");
  put_bytes(in(), bytes);
  refusal(ExitCode::input, [&] { deidentify(); });
  EXPECT_TRUE(fs::is_empty(out()));
}

TEST_F(DeidentifyFile, MessagesHoldNoPatientData) {
  DcmDataset dataset;
  fill_ct_slice(dataset);
  put(dataset, DCM_BurnedInAnnotation, "YES");
  const fs::path neutral = scratch_ / "a.dcm";
  save(dataset, neutral);
  const std::string message = refusal(ExitCode::input, [&] {
    deidentify_file(neutral, out(), {}, Pseudonyms(SecretKey{1, 2, 3}));
  });
  for (const std::string& trace : planted_traces()) EXPECT_EQ(message.find(trace), std::string::npos) << trace;
}

TEST(MayBeDicomInstance, SkipsOtherFilesAndTheIndexOfAMedium) {
  const ScratchFolder scratch;
  DcmDataset dataset;
  fill_ct_slice(dataset);
  save(dataset, scratch / "a");
  save(dataset, scratch / "DICOMDIR");
  put_bytes(scratch / "text.dcm", "no DICOM");
  EXPECT_TRUE(may_be_dicom_instance(scratch / "a"));
  EXPECT_FALSE(may_be_dicom_instance(scratch / "DICOMDIR"));
  EXPECT_FALSE(may_be_dicom_instance(scratch / "text.dcm"));
}

}  // namespace
}  // namespace voxprior
