#include "workflows/batch/case_store.h"

#include "base/error.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

class CaseStoreTask : public testing::Test {
 protected:
  std::filesystem::path folder() const { return scratch_ / "work"; }
  void expect_other_task(const std::string& task) const {
    try {
      refuse_other_task(folder(), task);
      FAIL() << task;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::usage);
      EXPECT_THAT(error.what(), testing::HasSubstr("an OUT of its own"));
    }
  }

  test::ScratchFolder scratch_;
};

TEST_F(CaseStoreTask, IsOpenToAnyUntilOneIsNoted) {
  refuse_other_task(folder(), "superres");  // there is no such folder yet
  const CaseStore store(folder());
  refuse_other_task(folder(), "superres");
  refuse_other_task(folder(), "denoise");
  store.belong_to("superres");
  store.belong_to("superres");
  expect_other_task("denoise");
  EXPECT_THROW(store.belong_to("denoise"), Error);
}

TEST_F(CaseStoreTask, OfCasesFromBeforeItWasNotedIsDenoising) {
  const CaseStore store(folder());
  store.put("a.nii.gz", {{"status", "done"}});
  expect_other_task("superres");
  store.belong_to("denoise");
}

}  // namespace
}  // namespace voxprior
