// voxprior recon superres IN OUT: thin slices out of thick ones.
#include "io/volume_file.h"
#include "workflows/commands.h"
#include "workflows/read_choices.h"
#include "workflows/superres_folder.h"

namespace voxprior {
namespace {

const About kAbout{
    "recon superres",
    "make thin slices out of thick ones with a learned prior",
    "The axis with the coarsest spacing is divided into thinner slices, such that their means over each thick slice\n"
    "give back what was measured. Everything between is the prior's: plausible, not measured.\n\n"
    "For volumes with truly thick slices. One that was interpolated before has no thick slices any more.\n\n"
    "Of a DICOM folder every volume with thick slices becomes a derived series of its study, in a folder of its own in "
    "OUT;\n"
    "the others are skipped, with the reason. With a volume file as OUT the one volume of --series and --volume is "
    "taken.",
    {"Greenspan. Super-resolution in medical imaging. The Computer Journal 2009; 52:43-63."}};

}  // namespace

int recon_superres_command(const Invocation& invocation) {
  std::string input, output;
  SuperresRun run;
  run.command = kAbout.name;
  ReadChoices reading;
  DicomFolder folder;

  Arguments arguments;
  arguments
      .positional("IN", &input,
                  "volume with thick slices (.nii, .nii.gz, .nrrd or .mha); or a DICOM folder, file or DICOMDIR")
      .positional("OUT", &output, "volume to write (.nii, .nii.gz, .nrrd or .mha), or a folder for DICOM files");
  run.slices.add_to(arguments);
  run.recon.add_to(arguments, kSuperresMethod, false);
  reading.add_to(arguments);
  folder.dicom.add_series_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    folder.input = input;
    folder.output = output;
    folder.reading = reading.options();
    folder.overwrite = run.recon.overwrite;
    if (!leads_to_dicom(input)) {
      folder.dicom.refuse_beside_file(input);
      ReconOutput out(kAbout.name, {{"volume", input}}, output, run.recon);
      progress.stage("reading");
      run.make_thin(read_volume(input, reading.options()), input, out, progress);
    } else if (volume_ending(output).empty()) {
      make_folder_thin(folder, run, progress);
    } else {
      make_dicom_volume_thin(folder, run, progress);
    }
  });
}

}  // namespace voxprior
