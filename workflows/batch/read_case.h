#pragma once

#include "workflows/batch/batch_run.h"
#include "workflows/batch/case_in_hand.h"

namespace voxprior {

/// Takes the lock of a case. Another process that has it, or has done it meanwhile, is told in `left_alone`. Throws
/// Error for a case over which the program died too often.
void take_case(CaseInHand& hand, const BatchPlan& plan, const CaseStore& store);

/// Whether a process died over a case that was taken.
bool is_suspect(const CaseInHand& hand);

/// Reads a case that was taken. Throws Error that concerns the case (concerns_all()) or the run.
void read_case(CaseInHand& hand, const BatchPlan& plan, const CaseStore& store);

}  // namespace voxprior
