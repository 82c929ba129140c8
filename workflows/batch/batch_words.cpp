#include "workflows/batch/batch_words.h"

#include <algorithm>
#include <boost/program_options.hpp>

#include "base/error.h"
#include "workflows/batch/denoise_task.h"
#include "workflows/batch/superres_task.h"
#include "workflows/platform.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace po = boost::program_options;

void BatchWords::add_to(Arguments& arguments) {
  arguments.positional("IN", &input, "a BIDS dataset, or a folder of volumes or of DICOM files")
      .positional("OUT", &output, "a folder for the results; made if it is not there")
      .optional_positional("LEVEL", &level, "participant (default) or group");
  arguments
      .option("participant-label", po::value(&selection.participants)->multitoken()->value_name("LABEL ..."),
              "of BIDS: only these participants, with or without sub-")
      .option("session-label", po::value(&selection.sessions)->multitoken()->value_name("LABEL ..."),
              "of BIDS: only these sessions, with or without ses-")
      .option(
          "bids-filter-file", po::value(&filter_file)->value_name("FILE"),
          "of BIDS: a JSON file that says which scans are taken, as for fMRIPrep; default: T1w in anat/ for the model "
          "mri-t1, all contrasts in anat/ for a model that is named")
      .option("task", choice(&task, "--task", {"denoise", "superres"}),
              "what to do with each scan: remove noise, or make thin slices out of thick ones")
      .option("work-dir", po::value(&work)->value_name("FOLDER"),
              "where markers of finished scans, locks and Slurm scripts lie; default: OUT/.voxprior; also called -w")
      .option("shard", po::value(&shard)->value_name("I/N"),
              "only the I-th of N parts, counted from 0, for any scheduler");
  superres.add_to(arguments, "with --task superres: ");
  denoise.add_to(arguments);
  denoise.add_resources_to(arguments, "half of the machine's or the job's, whatever is free; also called --mem");
  arguments.same("-w", "--work-dir").same("--nprocs", "--threads").same("--mem", "--memory");
  arguments.flag("overwrite", &overwrite, "replace files below OUT that no batch wrote, too")
      .flag("retry-crashed", &retry_crashed, "try scans again over which the program died three times in a row");
  reading.add_to(arguments);
  arguments
      .flag("allow-gaps", &allow_gaps,
            "of denoising: read DICOM slices that are not equally spaced as if they were; without it they fail")
      .flag("keep-private", &keep_private,
            "of denoising: keep the private attributes of a DICOM series, which may hold anything");
  arguments
      .flag("slurm", &slurm, "do not run, but submit a job array to Slurm that does, and a job that sums up after it")
      .flag("dry-run", &dry_run, "with --slurm: print the two scripts and submit nothing")
      .option("tasks", at_least(1, &tasks, "--tasks")->value_name("N"),
              "with --slurm: so many tasks; default: one for every ten scans, at most 1000")
      .option("at-once", at_least(1, &at_once, "--at-once")->value_name("N"),
              "with --slurm: no more tasks than that at a time; default: as Slurm likes")
      .option("slurm-option", po::value(&slurm_options)->value_name("OPTION"),
              "with --slurm: more for sbatch, as in --slurm-option=--partition=long; may be given several times");
  arguments.with_progress();
}

void BatchWords::check() const {
  if (level != "participant" && level != "group") {
    fail(ExitCode::usage, "LEVEL: '", level, "' is neither participant nor group");
  }
  if (level == "group" && (!shard.empty() || slurm)) {
    fail(ExitCode::usage, "--shard and --slurm are for the participant level");
  }
  if (slurm && !shard.empty()) fail(ExitCode::usage, "--slurm gives each task its --shard; leave it out");
  if (!slurm && (dry_run || tasks > 0 || at_once > 0 || !slurm_options.empty())) {
    fail(ExitCode::usage, "--dry-run, --tasks, --at-once and --slurm-option need --slurm");
  }
  if (is_superres()) {
    denoise.refuse_given("is for --task denoise");
    if (allow_gaps) {
      fail(ExitCode::usage, "--allow-gaps: is for --task denoise; thin slices between planes that are not equally ",
           "spaced would lie in false places");
    }
    if (keep_private) {
      fail(ExitCode::usage, "--keep-private: is for --task denoise; private attributes of a slice may hold its place, ",
           "which is false for thin ones");
    }
  } else if (superres.any()) {
    fail(ExitCode::usage, "--thickness, --spacing and --profile are for --task superres; see --help");
  }
  for (const std::string& option : slurm_options) {
    if (option.rfind("--", 0) != 0 || option.find_first_of("\n\r") != std::string::npos) {
      fail(ExitCode::usage, "--slurm-option: '", option,
           "' is no option of sbatch; write --slurm-option=--partition=long");
    }
  }
}

fs::path BatchWords::work_folder() const { return work.empty() ? fs::path(output) / ".voxprior" : fs::path(work); }

BatchRequest BatchWords::request() const {
  BatchRequest request{input,           output, selection, filter_file, denoise.model(), reading.options().max_voxels,
                       task_facts(task)};
  if (is_superres()) {
    request.objection = [choices = superres](const DicomSeries& series, std::size_t stack) {
      return reason_against_thin_slices(series, stack, choices);
    };
  }
  return request;
}

std::unique_ptr<BatchTask> BatchWords::make_task() const {
  const double otherwise_bytes = total_memory_bytes() / 2;
  if (is_superres()) return std::make_unique<SuperresTask>(superres, denoise, otherwise_bytes);
  return std::make_unique<DenoiseTask>(denoise, otherwise_bytes);
}

bool BatchWords::is_superres() const { return task == superres_facts().name; }

std::vector<std::string> words_of_task(const std::vector<std::string>& typed) {
  const std::vector<std::string> flags{"--slurm", "--dry-run"}, valued{"--tasks", "--at-once", "--slurm-option"};
  const auto is_in = [](const std::vector<std::string>& names, const std::string& word) {
    return std::find(names.begin(), names.end(), word) != names.end();
  };
  std::vector<std::string> words;
  for (std::size_t n = 0; n < typed.size(); ++n) {
    if (is_in(flags, typed[n])) continue;
    if (is_in(valued, typed[n].substr(0, typed[n].find('=')))) {
      if (typed[n].find('=') == std::string::npos) ++n;
      continue;
    }
    words.push_back(typed[n]);
  }
  return words;
}

}  // namespace voxprior
