// voxprior batch IN OUT [LEVEL]: many scans, one after the other, so that stopping costs nothing.
#include <csignal>
#include <iostream>

#include "base/error.h"
#include "base/sha256.h"
#include "base/version.h"
#include "workflows/batch/batch_run.h"
#include "workflows/batch/batch_words.h"
#include "workflows/batch/find_cases.h"
#include "workflows/batch/shard.h"
#include "workflows/batch/slurm_run.h"
#include "workflows/batch/summary.h"
#include "workflows/cli/interrupt.h"
#include "workflows/commands.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

const About kAbout{
    "batch",
    "denoise all scans of a dataset or folder, or make them thin, and go on where a run stopped",
    "IN is a BIDS dataset, a folder of volumes (.nii, .nii.gz, .nrrd, .mha, at any depth), or a folder of DICOM files. "
    "Of a BIDS dataset OUT becomes a dataset of derivatives (desc-denoised); volumes keep their names below OUT; a "
    "DICOM series becomes a folder that is named by a hash of its UID.\n\n"
    "With --task superres thin slices are made out of thick ones, as recon superres makes them with its default method "
    "(desc-superres; of a DICOM series a derived one with thin slices). --thickness, --spacing and --profile are for "
    "it alone; what says how to denoise, and "
    "--tile, --allow-gaps and --keep-private, is for --task denoise alone. One OUT is for one task.\n\n"
    "A scan that was finished with the same input, model and options is not done again. A run that was killed loses "
    "the scan in hand and nothing else: the same command goes on. A scan that cannot be worked on fails alone; one "
    "over which the program died three times in a row is left out until --retry-crashed. Several runs may share one "
    "OUT, on one machine or many (--shard, --slurm): each scan is done by one of them.\n\n"
    "LEVEL is participant (work on scans; the default) or group (only write the summary of what is there: summary.tsv, "
    "summary.json and failures.tsv, outliers first). A run over all scans writes the summary at its end by itself.\n\n"
    "Exit codes: 0 all done; 8 some scans failed; 75 stopped by SIGTERM, the same command goes on; 5 the disk; 4 the "
    "model.",
    {"Gorgolewski et al. BIDS apps: improving ease of use, accessibility, and reproducibility of neuroimaging data "
     "analysis methods. PLOS Computational Biology 2017.",
     "Iglewicz and Hoaglin. How to detect and handle outliers. ASQC Quality Press 1993."}};

/// All that a result depends on besides its input, as a hash.
std::string settings_hash(const BatchWords& words, const BatchTask& task) {
  const ReadOptions reading = words.reading.options();
  nlohmann::ordered_json settings = task.settings();
  settings["version"] = version();
  settings["task"] = words.task;
  settings["nonfinite"] = reading.nonfinite == Nonfinite::zero;
  settings["volume"] = reading.volume_of_4d;
  settings["allow_gaps"] = words.allow_gaps;
  settings["keep_private"] = words.keep_private;
  const std::string text = settings.dump();
  return sha256_hex(text.data(), text.size());
}

BatchPlan plan_of(const BatchWords& words, const BatchInput& input, const BatchTask& task) {
  BatchPlan plan;
  plan.target = {words.output, input.layout, words.keep_private};
  plan.reading = words.reading.options();
  plan.allow_gaps = words.allow_gaps;
  plan.overwrite = words.overwrite;
  plan.retry_crashed = words.retry_crashed;
  plan.settings = settings_hash(words, task);
  return plan;
}

/// Makes OUT, with what a dataset has at its top, and the folder of markers.
CaseStore open_output(const BatchWords& words, const BatchInput& input) {
  refuse_other_task(words.work_folder(), words.task);
  std::error_code problem;
  fs::create_directories(words.output, problem);
  if (problem) fail(ExitCode::output, words.output, ": cannot create this folder: ", problem.message());
  if (input.layout == BatchLayout::bids) write_derivative_dataset(words.output, words.input, task_facts(words.task));
  CaseStore store(words.work_folder());
  store.belong_to(words.task);
  return store;
}

void print_counts(const BatchOutcome& outcome, const TaskFacts& task) {
  std::cout << outcome.done << " " << task.counted;
  const std::pair<std::size_t, const char*> others[] = {{outcome.done_before, "done before"},
                                                        {outcome.elsewhere, "in the hands of another run"},
                                                        {outcome.skipped, "skipped"},
                                                        {outcome.failed, "failed"}};
  for (const auto& [count, what] : others) {
    if (count > 0) std::cout << ", " << count << " " << what;
  }
  std::cout << '\n';
}

BatchSummary write_whole_summary(const BatchWords& words, const BatchInput& input, const CaseStore& store) {
  const BatchSummary summary = summarise(input, store);
  write_summary(summary, words.output);
  tell_outliers(summary);
  std::cout << "wrote " << (fs::path(words.output) / "summary.tsv").string() << '\n';
  return summary;
}

void participant_level(const BatchWords& words, ProgressDisplay& progress) {
  progress.stage("looking for scans");
  const BatchInput input = find_cases(words.request());
  const Shard shard = words.shard.empty() ? Shard{} : parse_shard(words.shard);
  const std::unique_ptr<BatchTask> task = words.make_task();
  const BatchPlan plan = plan_of(words, input, *task);
  const CaseStore store = open_output(words, input);

  for (const std::string& notice : input.notices) std::cerr << "notice: " << notice << '\n';
  BatchOutcome outcome = run_batch(cases_of_shard(input.cases, shard), plan, store, *task, progress);
  progress.finish();
  if (shard.number == 0) {  // those that are no cases belong to no shard
    for (const BrokenInput& broken : input.broken) std::cout << broken.name << ": failed: " << broken.reason << '\n';
    outcome.failed += input.broken.size();
  }
  if (words.whole()) write_whole_summary(words, input, store);
  print_counts(outcome, task_facts(words.task));
  if (outcome.failed > 0) {
    fail(ExitCode::some_failed, words.output, ": ", outcome.failed, " scans failed, for the reasons listed above",
         words.whole() ? " and in failures.tsv" : "", "; what was written of the others is whole");
  }
}

void group_level(const BatchWords& words) {
  const BatchInput input = find_cases(words.request());
  const BatchSummary summary = write_whole_summary(words, input, open_output(words, input));
  const std::size_t failed = summary.count("failed"), missing = summary.count("missing");
  std::cout << summary.count("done") << " done, " << failed << " failed, " << missing << " not done yet\n";
  if (failed + missing > 0) {
    fail(ExitCode::some_failed, words.output, ": ", failed, " scans failed and ", missing,
         " are not done yet: see summary.tsv, and run the participant level again");
  }
}

void run(const BatchWords& words, const std::vector<std::string>& typed, ProgressDisplay& progress) {
  words.check();
  if (words.slurm) return run_on_slurm(words, typed);
  if (words.level == "group") return group_level(words);
  try {
    participant_level(words, progress);
  } catch (const Interrupted& interrupted) {
    if (interrupted.exit_code() != 128 + SIGTERM) throw;
    fail(ExitCode::resumable, words.output, ": stopped; what was finished is kept, and the same command goes on");
  }
}

}  // namespace

int batch_command(const Invocation& invocation) {
  BatchWords words;
  Arguments arguments;
  words.add_to(arguments);
  return run_command(invocation, kAbout, arguments,
                     [&](ProgressDisplay& progress) { run(words, invocation.words, progress); });
}

}  // namespace voxprior
