// Ctrl-C and kill: the exit code of the signal, and no file left behind.
#include <csignal>

#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

class Interruption : public test::WorkflowTest {
 protected:
  /// Denoises a whole head in small tiles, which takes a while, and sends `signal` in the middle.
  test::Outcome interrupted_by(int signal) {
    test::Process process(test::program(), {"denoise", test::testdata("brain_t1_sub-41.nii.gz"), file("out.nii.gz"),
                                            "--model", VOXPRIOR_RANDOM_MODEL, "--residual", file("residual.nii"),
                                            "--sigma", "50", "--tile", "16", "--threads", "1", "--progress", "slicer"});
    process.wait_for("denoising</filter-comment></filter-start>\n<filter-progress>");
    process.send(signal);
    return process.wait();
  }
};

TEST_F(Interruption, CtrlCLeavesNothingAndExits130) {
  test::expect_refused(interrupted_by(SIGINT), 130, "denoise");
  EXPECT_THAT(scratch_.names(), testing::IsEmpty());
}

TEST_F(Interruption, TerminationLeavesNothingAndExits143) {
  test::expect_refused(interrupted_by(SIGTERM), 143, "denoise");
  EXPECT_THAT(scratch_.names(), testing::IsEmpty());
}

}  // namespace
}  // namespace voxprior
