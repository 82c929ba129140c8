#pragma once

#include <exception>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "workflows/batch/batch_case.h"
#include "workflows/batch/batch_task.h"
#include "workflows/batch/case_lock.h"
#include "workflows/batch/case_marker.h"
#include "workflows/batch/file_state.h"
#include "workflows/cli/interrupt.h"

namespace voxprior {

/// A case on its way: read, then worked on, then written.
struct CaseInHand {
  const BatchCase* one = nullptr;
  std::size_t number = 0;  ///< from 1, of those that are to be done
  std::optional<CaseLock> lock = {};
  std::string work = {};  ///< this input with these settings, as a hash: what CaseLock::deaths() are counted of
  FileState input = {};
  Volume volume = {};  ///< as it was read, until it is worked on
  TaskResult result = {};
  double seconds = 0;                      ///< of the work on it
  std::optional<FailedCase> failure = {};  ///< if it failed so far
  std::string left_alone = {};             ///< why there is nothing to do: another run has it, or had it
};

/// A process died over a case so often: then it is not tried again. One death may come from outside (kill -9, power) or
/// be the fault of another case that was in hand; so after the first a case is worked on with no other in hand.
constexpr int kMostDeaths = 3;

/// What a failure of one case says of the others: nothing where the input, the memory or a bug is to blame, all where
/// the disk, the model or the command line is.
bool concerns_all(ExitCode code);

/// Runs work() on the case; an exception that concerns this case alone becomes its failure, others go on.
template <typename Work>
void failing_alone(CaseInHand& hand, const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    if (concerns_all(error.code())) throw;
    hand.failure = FailedCase{error.code(), error.what()};
  } catch (const Interrupted&) {
    throw;
  } catch (const std::bad_alloc&) {
    hand.failure =
        FailedCase{ExitCode::resources, "out of memory; use a smaller --memory or a machine with more of it"};
  } catch (const std::exception& unexpected) {
    hand.failure = FailedCase{ExitCode::bug, std::string("this is a bug, please report it: ") + unexpected.what()};
  }
}

}  // namespace voxprior
