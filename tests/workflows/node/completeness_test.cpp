#include "workflows/node/completeness.h"

#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

struct Received : testing::Test {
  Received() {
    config_.settle_s = 10;
    config_.wait_s = 100;
    series_.state_s = 1000;
    reception_.images = 20;
    reception_.last_image_s = 1010;
  }
  Next at(double now_s) { return next_step(series_, reception_, config_, now_s, why_); }

  NodeConfig config_;
  QueuedSeries series_;
  Reception reception_;
  std::string why_;
};

using CompleteSeries = Received;

TEST_F(CompleteSeries, SettlesThenItsGeometryDecides) {
  EXPECT_EQ(at(1015), Next::wait);
  EXPECT_EQ(at(1021), Next::check_volumes);
  reception_.volumes = VolumeCheck::whole;
  EXPECT_EQ(at(1021), Next::process);
}

TEST_F(CompleteSeries, IsProcessedAtOnceWhenTheAnnouncedNumberIsThere) {
  series_.expected = 20;
  EXPECT_EQ(at(1010), Next::process);
}

TEST_F(CompleteSeries, IsNotWholeWhenThePowerTookAnAcknowledgedImage) {
  reception_.volumes = VolumeCheck::whole;
  reception_.power_failed = true;
  EXPECT_EQ(at(1050), Next::wait);
  EXPECT_EQ(at(1111), Next::quarantine);
  EXPECT_NE(why_.find("the power failed"), std::string::npos);
}

TEST_F(CompleteSeries, WaitsForWhatIsMissingThenIsQuarantined) {
  series_.expected = 21;
  EXPECT_EQ(at(1050), Next::wait);
  EXPECT_EQ(at(1111), Next::quarantine);
  EXPECT_EQ(why_, "20 of 21 images came");

  series_.expected = 0;
  reception_.volumes = VolumeCheck::gaps;
  EXPECT_EQ(at(1050), Next::wait);
  EXPECT_EQ(at(1111), Next::quarantine);
  reception_.volumes = VolumeCheck::no_volume;
  EXPECT_EQ(at(1111), Next::quarantine);
  reception_.images = 0;
  EXPECT_EQ(at(1111), Next::quarantine);
}

TEST_F(CompleteSeries, OfAnAbortedAssociationIsNotCompleteWhateverItsImagesSay) {
  reception_.volumes = VolumeCheck::whole;
  series_.cut_off_s = 1015;
  series_.expected = 20;
  EXPECT_EQ(at(1030), Next::wait);
  EXPECT_EQ(at(1112), Next::wait);  // wait_s since it was cut off
  EXPECT_EQ(at(1116), Next::quarantine);
  EXPECT_NE(why_.find("aborted"), std::string::npos);
}

TEST_F(CompleteSeries, FoundAgainAfterAPauseGetsItsTime) {
  series_.state_s = 5000;  // opened again by a sender
  reception_.volumes = VolumeCheck::gaps;
  EXPECT_EQ(at(5005), Next::wait);
  EXPECT_EQ(at(5050), Next::wait);
  EXPECT_EQ(at(5101), Next::quarantine);
}

TEST(CheckVolumes, TellsWholeSeriesFromGapsAndFromNone) {
  namespace fs = std::filesystem;
  const fs::path data = fs::path(VOXPRIOR_TESTDATA) / "dicom";
  const test::ScratchFolder scratch;
  EXPECT_EQ(check_volumes(data / "ct_cmb_crc_crop"), VolumeCheck::whole);
  EXPECT_EQ(check_volumes(data / "mr_enhanced_crop"), VolumeCheck::whole);
  fs::copy(data / "ct_cmb_crc_crop", scratch / "gaps");
  fs::remove(scratch / "gaps" / "3.dcm");
  EXPECT_EQ(check_volumes(scratch / "gaps"), VolumeCheck::gaps);
  fs::create_directory(scratch / "one");
  fs::copy(data / "ct_cmb_crc_crop" / "1.dcm", scratch / "one" / "1.dcm");
  EXPECT_EQ(check_volumes(scratch / "one"), VolumeCheck::no_volume);
}

}  // namespace
}  // namespace voxprior
