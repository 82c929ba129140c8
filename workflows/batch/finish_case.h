#pragma once

#include <string>

#include "workflows/batch/batch_run.h"
#include "workflows/batch/case_in_hand.h"

namespace voxprior {

/// Writes a case that was worked on, then its marker, and gives its lock back. Returns what there is to tell, one line.
/// Throws Error(ExitCode::input) when the input changed since it was read, Error(ExitCode::output).
std::string finish_case(CaseInHand& hand, const BatchPlan& plan, const CaseStore& store);

/// Notes why a case failed, and gives its lock back.
void note_failure(CaseInHand& hand, const CaseStore& store);

}  // namespace voxprior
