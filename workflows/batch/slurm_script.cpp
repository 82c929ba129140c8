#include "workflows/batch/slurm_script.h"

namespace voxprior {
namespace {

constexpr int kSecondsToStop = 120;  // before the time of a task is up; a scan in hand is dropped, so less would do

std::string option(const std::string& text) { return "#SBATCH " + text + "\n"; }

std::string in_quotes(const std::filesystem::path& path) { return "\"" + path.string() + "\""; }

std::string head(const SlurmArray& array, const std::string& name) {
  std::string text = "#!/bin/bash\n" + option("--job-name=" + name) + option("--chdir=" + in_quotes(array.run_folder));
  for (const std::string& one : array.options) text += option(one);
  return text;
}

std::string command_line(const SlurmArray& array, const std::vector<std::string>& words) {
  std::string line = shell_quoted(array.program.string());
  for (const std::string& word : words) line += " " + shell_quoted(word);
  return line;
}

}  // namespace

std::string shell_quoted(const std::string& word) {
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string array_script(const SlurmArray& array) {
  const std::string last = std::to_string(array.tasks - 1), count = std::to_string(array.tasks);
  std::string text = head(array, "voxprior-batch");
  text += option("--array=0-" + last + (array.at_once > 0 ? "%" + std::to_string(array.at_once) : ""));
  text += option("--output=" + in_quotes(array.log_folder / "%A_%a.out")) + option("--open-mode=append");
  text += option("--requeue") + option("--signal=B:USR1@" + std::to_string(kSecondsToStop));
  if (array.threads > 0) text += option("--cpus-per-task=" + std::to_string(array.threads));
  if (array.memory_mb > 0) text += option("--mem=" + std::to_string(array.memory_mb));
  text +=
      "\n"
      "# Task i does part i of the scans. Those that are done are left alone, so a task may be stopped and run "
      "again.\n" +
      command_line(array, array.batch) + " --shard \"$SLURM_ARRAY_TASK_ID/" + count +
      "\" &\n"
      "worker=$! signalled=no out_of_time=no\n"
      "trap 'signalled=yes; kill -TERM \"$worker\" 2> /dev/null' TERM\n"
      "trap 'signalled=yes out_of_time=yes; kill -TERM \"$worker\" 2> /dev/null' USR1\n"
      "wait \"$worker\"; code=$?\n"
      "while [ \"$signalled\" = yes ]; do signalled=no; wait \"$worker\"; code=$?; done\n"
      "if [ \"$out_of_time\" = yes ] && [ \"$code\" -eq 75 ]; then\n"
      "  scontrol requeue \"${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}\"\n"
      "fi\n"
      "exit \"$code\"\n";
  return text;
}

std::string collector_script(const SlurmArray& array) {
  return head(array, "voxprior-collect") + option("--output=" + in_quotes(array.log_folder / "%j.out")) +
         "\n# Sums up what the tasks did: summary.tsv, summary.json, failures.tsv. Exits 8 if a scan failed or is "
         "missing.\n"
         "exec " +
         command_line(array, array.collector) + "\n";
}

}  // namespace voxprior
