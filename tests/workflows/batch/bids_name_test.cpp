#include "workflows/batch/bids_name.h"

namespace voxprior {
namespace {

TEST(BidsName, IsTakenApartAndPutTogether) {
  const auto name = parse_bids_name("sub-01_ses-pre_acq-mprage_run-2_T1w.nii.gz");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->label("sub"), "01");
  EXPECT_EQ(name->label("run"), "2");
  EXPECT_EQ(name->label("ce"), std::nullopt);
  EXPECT_EQ(name->suffix, "T1w");
  EXPECT_EQ(name->extension, ".nii.gz");
  EXPECT_EQ(name->text(), "sub-01_ses-pre_acq-mprage_run-2_T1w.nii.gz");
}

TEST(BidsName, NamesOfOtherKindsAreNone) {
  for (const char* name : {"README", "sub-01_T1w", "sub-_T1w.nii", "sub-01__T1w.nii", "sub_01_T1w.nii", "sub-01_.nii",
                           "sub-a/b_T1w.nii", "sub-0 1_T1w.nii", ".nii"}) {
    EXPECT_FALSE(parse_bids_name(name)) << name;
  }
}

TEST(BidsName, ADerivativeIsTheSourceWithADescription) {
  EXPECT_EQ(derivative_name(*parse_bids_name("sub-01_T1w.nii.gz"), "denoised").text(),
            "sub-01_desc-denoised_T1w.nii.gz");
  EXPECT_EQ(derivative_name(*parse_bids_name("sub-01_space-T1w_desc-preproc_T1w.nii"), "superres").text(),
            "sub-01_space-T1w_desc-preprocsuperres_T1w.nii");
}

}  // namespace
}  // namespace voxprior
