#pragma once

#include "workflows/batch/batch_run.h"
#include "workflows/batch/case_in_hand.h"

namespace voxprior {

/// Takes the lock of a case and reads it. Another process that has it, or has done it meanwhile, is told in
/// `left_alone`. Throws Error that concerns the case (concerns_all()) or the run.
void read_case(CaseInHand& hand, const BatchPlan& plan, const CaseStore& store);

}  // namespace voxprior
