#include "workflows/batch/read_case.h"

#include "base/error.h"
#include "base/sha256.h"
#include "io/dicom/read_volume.h"
#include "workflows/dicom_input.h"
#include "workflows/files.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

/// A file that is there, though no batch is known to have begun this case, is somebody's.
void refuse_to_replace(const BatchCase& one, const BatchPlan& plan) {
  for (const fs::path& path : {one.output, record_path(one, plan.target.layout)}) {
    std::error_code ignored;
    if (fs::exists(plan.target.out / path, ignored)) {
      fail(ExitCode::input, plan.target.out / path, ": exists and was not written by this batch; move it away, or ",
           "replace it with --overwrite");
    }
  }
}

Volume read_input(const BatchCase& one, const BatchPlan& plan) {
  if (!one.series) return read_volume(one.files.front(), plan.reading);
  DicomChoices choices;
  choices.allow_gaps = plan.allow_gaps;
  return read_chosen_volume({*one.series, one.stack}, choices, plan.reading);
}

}  // namespace

void take_case(CaseInHand& hand, const BatchPlan& plan, const CaseStore& store) {
  const BatchCase& one = *hand.one;
  const fs::path lock_file = store.lock_file(one.name);
  if (auto lock = CaseLock::take(lock_file)) {
    hand.lock.emplace(std::move(*lock));
  } else {
    hand.left_alone = "another run is at it (" + holder_of(lock_file) + ")";
    return;
  }
  if (is_done(one, plan.settings, plan.target.out, store)) {
    hand.left_alone = "another run has done it meanwhile";
    return;
  }
  const std::string work = plan.settings + stamp_of(one.files);
  hand.work = sha256_hex(work.data(), work.size());
  if (const int deaths = hand.lock->deaths(hand.work); deaths >= kMostDeaths && !plan.retry_crashed) {
    fail(ExitCode::bug, "the program died ", deaths, " times in a row while it had this scan in hand: a crash, no ",
         "memory, or killed; --retry-crashed tries it again");
  }
}

bool is_suspect(const CaseInHand& hand) { return hand.lock && hand.lock->deaths(hand.work) > 0; }

void read_case(CaseInHand& hand, const BatchPlan& plan, const CaseStore& store) {
  const BatchCase& one = *hand.one;
  hand.lock->begin(hand.work);
  const auto marker = store.marker(one.name);
  const bool ours = plan.overwrite || hand.lock->was_left() || (marker && marker->contains("files"));
  if (!ours) refuse_to_replace(one, plan);
  for (const fs::path& file : one.files) check_readable(file);
  hand.input.stamp = stamp_of(one.files);
  hand.input.sha256 = sha256_of_files(one.files);
  hand.volume = read_input(one, plan);
}

}  // namespace voxprior
