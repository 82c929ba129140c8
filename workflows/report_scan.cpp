// voxprior report scan BEFORE AFTER PAGE: one HTML file that shows what was done to a scan.
#include <boost/program_options.hpp>
#include <iostream>

#include "base/atomic_file.h"
#include "base/error.h"
#include "workflows/commands.h"
#include "workflows/files.h"
#include "workflows/provenance.h"
#include "workflows/read_choices.h"
#include "workflows/report/assets.h"
#include "workflows/report/page.h"
#include "workflows/report/scan_report.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "report scan",
    "make an HTML page that shows what was done to a scan",
    "The page is one file that needs no other: pictures of three planes, a viewer that shows before, after and what\n"
    "was removed at the same place, key figures, warnings, and how AFTER was made, from the record beside it\n"
    "(after.nii.gz: after.voxprior.json). Of thin slices made by recon superres it shows the thick ones, the thin "
    "ones\n"
    "and what was added between. It asks nothing of the network, and its policy forbids it to.\n\n"
    "It holds pictures of the scan, and the names of files as the record has them: treat it like the scan itself. No "
    "attribute of a DICOM series but its number and modality is in it.\n\n"
    "The viewer shows copies of 8 bits, cut to the object and, where that is not enough, of larger voxels, so that "
    "the\n"
    "page stays below 8 MB; --full puts the volumes in as they are.",
    {"NiiVue, https://github.com/niivue/niivue (the viewer in the page)."}};

struct Choices {
  std::string before, after, page, noise_map, residual, series;
  ReadChoices reading;
  bool full = false, no_viewer = false, overwrite = false;
};

PageViewer viewer_of(const Choices& choices) {
  if (choices.full && choices.no_viewer)
    fail(ExitCode::usage, "--full is about the viewer, which --no-viewer leaves out");
  if (choices.no_viewer) return PageViewer::none;
  return choices.full ? PageViewer::full : PageViewer::small;
}

void report_scan(const Choices& choices, ProgressDisplay& progress) {
  const PageViewer viewer = viewer_of(choices);
  const Overwrite overwrite = choices.overwrite ? Overwrite::yes : Overwrite::no;
  if (std::filesystem::path(choices.page).extension() != ".html")
    fail(ExitCode::usage, choices.page, ": does not end in .html");
  progress.stage("looking for the scan");
  const ReadOptions reading = choices.reading.options();
  const ScanSource after = find_after(choices.after, reading);
  const ScanSource before = find_before(choices.before, choices.series, reading, after);
  check_outputs(
      {choices.page},
      {choices.before, choices.after, choices.noise_map, choices.residual, sidecar_path(after.record_holder())},
      overwrite);
  const ReportContent content = scan_content({before, after, choices.noise_map, choices.residual, reading}, progress);
  progress.stage("writing");
  write_file(choices.page, report_page(content, viewer), overwrite);
  progress.finish();
  for (const std::string& warning : content.warnings) std::cerr << "notice: " << warning << '\n';
  if (viewer != PageViewer::none && niivue().script.empty())
    std::cerr << "notice: built without NiiVue, so the page has no viewer; scripts/setup.sh installs it\n";
  std::cout << "wrote " << choices.page << '\n';
}

}  // namespace

int report_scan_command(const Invocation& invocation) {
  Choices choices;
  Arguments arguments;
  arguments.positional("BEFORE", &choices.before, "the scan: .nii, .nii.gz, .nrrd or .mha; or a DICOM folder")
      .positional("AFTER", &choices.after,
                  "what denoise or recon superres made of it; of DICOM the folder of one series")
      .positional("PAGE", &choices.page, "page to write: .html");
  arguments
      .option("noise-map", po::value(&choices.noise_map)->value_name("FILE"),
              "show this map, too: that of denoise --noise-map, or any other on the grid of BEFORE")
      .option("residual", po::value(&choices.residual)->value_name("FILE"),
              "what was removed, from denoise --residual; default: BEFORE - AFTER")
      .option("series", po::value(&choices.series)->value_name("N|UID"),
              "which series of a DICOM folder BEFORE is: its SeriesNumber or SeriesInstanceUID; default: the one that "
              "the record of AFTER names")
      .flag("full", &choices.full, "put the volumes into the page as they are, however large that makes it")
      .flag("no-viewer", &choices.no_viewer, "pictures only: a page of a few hundred kilobytes without any script")
      .flag("overwrite", &choices.overwrite, "replace PAGE if it exists");
  choices.reading.add_to(arguments);
  arguments.with_progress();
  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) { report_scan(choices, progress); });
}

}  // namespace voxprior
