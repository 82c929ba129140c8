// Twenty kills of a batch; batch_interrupt_test.cpp has two.
#include "tests/workflows/batch_interruption.h"

namespace voxprior {
namespace {

using BatchKill = test::BatchInterruption;

TEST_F(BatchKill, AtTwentyRandomMomentsItGoesOnToTheSameBytes) { kill_at_random_moments(10); }

}  // namespace
}  // namespace voxprior
