// voxprior compare CONFIG.toml --out DIR: generators on the same volumes with the same budget, judged by the same
// metrics.
#include <boost/program_options.hpp>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/error.h"
#include "workflows/cli/interrupt.h"
#include "workflows/commands.h"
#include "workflows/compare/comparison_run.h"
#include "workflows/compare/comparison_table.h"
#include "workflows/compare/report_data.h"
#include "workflows/compare/report_page.h"
#include "workflows/files.h"
#include "workflows/platform.h"

namespace voxprior {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

const About kAbout{
    "compare",
    "train generators on the same volumes with the same budget, and compare what they make",
    "CONFIG names the volumes, the budget, the seeds and the contenders: recipes of train diffusion and train gan, or "
    "models\n"
    "that are there; docs/diffusion-vs-gan.md lists its keys. Each training, sampling and measurement is a run of "
    "this\n"
    "program of its own, so that one which diverges or crashes is a result. The output folder receives report.html,\n"
    "report.json and report.csv, and all that they come from.\n\n"
    "Ctrl-C ends a comparison with exit code 75; --resume goes on after the last step that was finished, and a "
    "training "
    "from\n"
    "its checkpoint. The same holds after a crash or a full disk.",
    {"Sajjadi et al. Assessing generative models via precision and recall. NeurIPS 2018.",
     "Naeem et al. Reliable fidelity and diversity metrics for generative models. ICML 2020."}};

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

ComparisonRun run_until_interrupted(const std::string& config_file, const fs::path& out, bool resume, int threads,
                                    ProgressDisplay& progress) {
  const ComparisonConfig config = read_comparison_config(config_file);
  try {
    return run_comparison(config, text_of(config_file), out, resume, threads, progress);
  } catch (const Interrupted&) {
    if (!fs::exists(out / "comparison.toml")) throw;
    fail(ExitCode::resumable, out, ": interrupted; run the same command with --resume to go on");
  }
}

void print_worse(const ComparisonTable& table) {
  for (std::size_t c = 0; c < table.contenders.size(); ++c) {
    std::size_t judged = 0, worse = 0;
    for (const ComparisonRow& row : table.rows) {
      if (!row.floor || row.good.empty() || !row.cells[c].value) continue;
      ++judged;
      worse += row.cells[c].worse;
    }
    std::cout << table.contenders[c] << ": " << worse << " of " << judged
              << " metrics are worse than real volumes are\n";
  }
}

}  // namespace

int compare_command(const Invocation& invocation) {
  std::string config_file, out;
  long long threads = 0;
  bool resume = false;

  Arguments arguments;
  arguments.positional("CONFIG", &config_file, "TOML file with data, budget and contenders")
      .option("out", po::value(&out)->value_name("FOLDER"), "where to write; default: runs/ and the name of CONFIG")
      .flag("resume", &resume, "go on with the comparison in the output folder")
      .option("threads", at_least(1, &threads, "--threads")->value_name("N"),
              "threads to compute with; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all cores allowed")
      .with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    check_readable(config_file);
    const fs::path folder = fs::absolute(out.empty() ? fs::path("runs") / fs::path(config_file).stem() : fs::path(out));
    const ComparisonRun run =
        run_until_interrupted(config_file, folder, resume, compute_threads(static_cast<int>(threads)), progress);
    progress.stage("writing the report");
    const ComparisonTable table = tabulate(run);
    write_file(folder / "report.json", report_json(run, table), Overwrite::yes);
    write_file(folder / "report.csv", report_csv(table), Overwrite::yes);
    if (!table.courses.empty()) write_file(folder / "report-snapshots.csv", snapshots_csv(table), Overwrite::yes);
    write_file(folder / "report.html", report_page(run, table), Overwrite::yes);
    progress.finish();
    print_worse(table);
    std::cout << "wrote " << (folder / "report.html").string() << '\n';
  });
}

}  // namespace voxprior
