// voxprior report batch IN OUT PAGES: a page for each scan of a batch, and one that lists them.
#include <boost/program_options.hpp>
#include <iostream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "io/dicom/find_series.h"
#include "workflows/commands.h"
#include "workflows/read_choices.h"
#include "workflows/report/assets.h"
#include "workflows/report/batch_report.h"
#include "workflows/report/page.h"
#include "workflows/report/scan_report.h"
#include "workflows/written_files.h"

namespace voxprior {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

const About kAbout{
    "report batch",
    "make HTML pages of all scans of a batch, and one that lists them",
    "IN and OUT are the folders of voxprior batch, whose summary.json in OUT says which scans there are. PAGES gets\n"
    "index.html, which shows what failed and what is unlike the others first, and a page as that of report scan for\n"
    "every scan that is done.",
    {}};

struct Choices {
  std::string in, out, pages;
  ReadChoices reading;
  bool no_viewer = false, overwrite = false;

  Overwrite replace() const { return overwrite ? Overwrite::yes : Overwrite::no; }
};

/// The scans that the batch read. DICOM files are looked through once, when the first series is asked for.
class ScansRead {
 public:
  ScansRead(fs::path folder, const ReadOptions& reading) : folder_(std::move(folder)) {
    limits_.max_voxels = reading.max_voxels;
  }

  ScanSource of(const BatchRow& row, const ScanSource& after) {
    if (!after.dicom) return {folder_ / row.name, {}};
    if (!survey_) survey_ = survey_dicom({folder_}, limits_);
    return find_before(folder_, *survey_, after);
  }

 private:
  fs::path folder_;
  DicomLimits limits_;
  std::optional<DicomSurvey> survey_;
};

/// The page of one scan. Trouble with the scan is told in the index and leaves the others alone; trouble with the disk
/// ends the run.
BatchPage page_of(const BatchRow& row, std::size_t number, const Choices& choices, ScansRead& scans,
                  WrittenFiles& written, ProgressDisplay& progress) {
  try {
    const ReadOptions reading = choices.reading.options();
    const ScanSource after = find_after(fs::path(choices.out) / row.output, reading);
    const ReportContent content = scan_content({scans.of(row, after), after, {}, {}, reading}, progress);
    const std::string name = page_name(number, row), thumbnail = thumbnail_of(content);
    write_file(fs::path(choices.pages) / name,
               report_page(content, choices.no_viewer ? PageViewer::none : PageViewer::small), choices.replace());
    written.add(fs::path(choices.pages) / name);
    return {name, thumbnail, ""};
  } catch (const Error& problem) {
    if (problem.code() != ExitCode::input) throw;
    return {"", "", problem.what()};
  }
}

void make_folder(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) fail(ExitCode::output, folder, ": cannot be made: ", problem.message());
}

void report_batch(const Choices& choices, ProgressDisplay& progress) {
  if (!fs::is_directory(choices.in))
    fail(ExitCode::input, fs::path(choices.in), ": is no folder; name that of the batch");
  const std::vector<BatchRow> rows = read_batch_summary(choices.out);
  make_folder(choices.pages);
  const fs::path index = fs::path(choices.pages) / "index.html";
  check_writable(index, choices.replace());

  WrittenFiles written;
  ScansRead scans(choices.in, choices.reading.options());
  std::vector<BatchPage> pages(rows.size());
  std::size_t made = 0, failed = 0;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    if (rows[n].status != "done") continue;
    pages[n] = page_of(rows[n], n + 1, choices, scans, written, progress);
    made += pages[n].page.empty() ? 0 : 1;
    failed += pages[n].trouble.empty() ? 0 : 1;
    if (!pages[n].trouble.empty())
      std::cerr << "notice: " << rows[n].label << ": no page: " << pages[n].trouble << '\n';
  }
  write_file(index,
             batch_index(fs::absolute(choices.out).lexically_normal().filename().string() + ": batch", rows, pages),
             choices.replace());
  written.keep();
  progress.finish();
  if (!choices.no_viewer && niivue().script.empty())
    std::cerr << "notice: built without NiiVue, so the pages have no viewer; scripts/setup.sh installs it\n";
  std::cout << "wrote " << index.string() << " and " << made << " pages\n";
  if (failed > 0) fail(ExitCode::some_failed, fs::path(choices.pages), ": ", failed, " scans have no page; see above");
}

}  // namespace

int report_batch_command(const Invocation& invocation) {
  Choices choices;
  Arguments arguments;
  arguments.positional("IN", &choices.in, "folder of scans that the batch read")
      .positional("OUT", &choices.out, "folder that the batch wrote")
      .positional("PAGES", &choices.pages, "folder for the pages; made if it is not there");
  arguments.flag("no-viewer", &choices.no_viewer, "pictures only: pages of a few hundred kilobytes without any script")
      .flag("overwrite", &choices.overwrite, "replace pages that exist");
  choices.reading.add_to(arguments);
  arguments.with_progress();
  return run_command(invocation, kAbout, arguments,
                     [&](ProgressDisplay& progress) { report_batch(choices, progress); });
}

}  // namespace voxprior
