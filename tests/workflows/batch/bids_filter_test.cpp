#include "workflows/batch/bids_filter.h"

#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

bool takes(const BidsFilter& filter, const std::string& file, const std::string& datatype = "anat") {
  return filter.takes(*parse_bids_name(file), datatype);
}

BidsFilter filter_from(const std::string& text) {
  const test::ScratchFolder scratch;
  test::put_bytes(scratch / "filter.json", text);
  return BidsFilter::from_file(scratch / "filter.json");
}

TEST(BidsFilter, TheDefaultTakesMagnitudesOfTheSuffixesInAnat) {
  const BidsFilter filter = BidsFilter::anatomical({"T1w", "FLAIR"});
  EXPECT_TRUE(takes(filter, "sub-01_T1w.nii.gz"));
  EXPECT_TRUE(takes(filter, "sub-01_part-mag_FLAIR.nii.gz"));
  EXPECT_FALSE(takes(filter, "sub-01_part-phase_T1w.nii.gz"));
  EXPECT_FALSE(takes(filter, "sub-01_T2w.nii.gz"));
  EXPECT_FALSE(takes(filter, "sub-01_T1w.nii.gz", "func"));
}

TEST(BidsFilter, AFileNamesEntitiesByTheirLongNames) {
  const BidsFilter filter = filter_from(R"({"t1w": {"datatype": "anat", "suffix": "T1w", "acquisition": "mprage"}})");
  EXPECT_TRUE(takes(filter, "sub-01_acq-mprage_T1w.nii.gz"));
  EXPECT_FALSE(takes(filter, "sub-01_acq-mp2rage_T1w.nii.gz"));
  EXPECT_FALSE(takes(filter, "sub-01_T1w.nii.gz"));
}

TEST(BidsFilter, OneOfSeveralQueriesIsEnough) {
  const BidsFilter filter = filter_from(R"({"a": {"suffix": "T1w", "run": 1}, "b": {"suffix": ["T2w", "FLAIR"]}})");
  EXPECT_TRUE(takes(filter, "sub-01_run-01_T1w.nii.gz"));
  EXPECT_FALSE(takes(filter, "sub-01_run-2_T1w.nii.gz"));
  EXPECT_TRUE(takes(filter, "sub-01_FLAIR.nii.gz"));
}

TEST(BidsFilter, NullAsksForTheEntityToBeMissingAndAStarForItToBeThere) {
  const BidsFilter without = filter_from(R"({"a": {"ceagent": null}})"), with = filter_from(R"({"a": {"ce": "*"}})");
  EXPECT_TRUE(takes(without, "sub-01_T1w.nii.gz"));
  EXPECT_FALSE(takes(without, "sub-01_ce-gd_T1w.nii.gz"));
  EXPECT_FALSE(takes(with, "sub-01_T1w.nii.gz"));
  EXPECT_TRUE(takes(with, "sub-01_ce-gd_T1w.nii.gz"));
}

TEST(BidsFilter, WhatIsNoFilterIsRefused) {
  for (const char* text :
       {"", "[]", "{}", R"({"suffix": "T1w"})", R"({"a": {"colour": "red"}})", R"({"a": {"run": {}}})"}) {
    test::refusal(ExitCode::usage, [&] { filter_from(text); });
  }
  test::refusal(ExitCode::usage, [] { BidsFilter::from_file("/no/such/file"); });
}

}  // namespace
}  // namespace voxprior
