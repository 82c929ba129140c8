#include "io/dicom/write/series_identity.h"

#include <gtest/gtest.h>

#include <set>

namespace voxprior {
namespace {

struct Names : testing::Test {
  Names() {
    source.series_uid = "1.2.3";
    stack.frames = {{"a.dcm", 0, "1.2.3.1"}, {"b.dcm", 0, "1.2.3.2"}};
  }
  std::string series_uid(const std::string& process, const std::vector<float>& result) const {
    return SeriesIdentity(source, stack, process, result).series_uid();
  }
  DicomSeries source;
  DicomStack stack;
};
using SeriesIdentityOf = Names;

TEST_F(SeriesIdentityOf, EqualRunsGiveEqualUidsAndAnyDifferenceOthers) {
  std::set<std::string> uids{series_uid("model 1", {1, 2})};
  EXPECT_EQ(uids.count(series_uid("model 1", {1, 2})), 1u);
  uids.insert(series_uid("model 2", {1, 2}));
  uids.insert(series_uid("model 1", {1, 3}));
  stack.frames[0].frame = 1;  // another volume of the same file
  uids.insert(series_uid("model 1", {1, 2}));
  source.series_uid = "1.2.4";
  uids.insert(series_uid("model 1", {1, 2}));
  EXPECT_EQ(uids.size(), 5u);
}

TEST_F(SeriesIdentityOf, InstancesAreDistinctFromEachOtherAndFromTheSeries) {
  const SeriesIdentity identity(source, stack, "model", {1});
  const std::set<std::string> uids{identity.series_uid(), identity.instance_uid("1.2.3.1"),
                                   identity.instance_uid("1.2.3.2")};
  EXPECT_EQ(uids.size(), 3u);
}

TEST(DerivedSeriesNumber, LeavesRoomForTheVolumesOfASeries) {
  EXPECT_EQ(derived_series_number(5, 0), 501);
  EXPECT_EQ(derived_series_number(5, 2), 503);
  EXPECT_EQ(derived_series_number(0, 0), 1);
  EXPECT_EQ(derived_series_number(-4, 1), 2);
  EXPECT_EQ(derived_series_number(2147483647, 0), 1);
}

TEST(DerivedDescription, SaysResearchUseOnlyWithinSixtyFourCharacters) {
  EXPECT_EQ(derived_description("t1 mprage", "denoised"), "t1 mprage denoised - RESEARCH USE ONLY");
  EXPECT_EQ(derived_description("", "denoised"), "denoised - RESEARCH USE ONLY");
  const std::string cut = derived_description(std::string(64, 'x'), "denoised");
  EXPECT_EQ(cut, std::string(35, 'x') + " denoised - RESEARCH USE ONLY");
  EXPECT_EQ(cut.size(), 64u);
}

TEST(DerivedDescription, NeverCutsThroughACharacter) {
  std::string long_umlauts;
  for (int n = 0; n < 30; ++n) long_umlauts += "\xc3\xa4";
  EXPECT_EQ(derived_description(long_umlauts, "denoised"), "denoised - RESEARCH USE ONLY");
  EXPECT_EQ(derived_description("Sch\xc3\xa4"
                                "del",
                                "denoised"),
            "Sch\xc3\xa4"
            "del denoised - RESEARCH USE ONLY");
}

}  // namespace
}  // namespace voxprior
