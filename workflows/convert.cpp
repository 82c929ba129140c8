// voxprior convert IN OUT: another file format, the same voxels in the same place.
#include <boost/program_options.hpp>

#include "base/error.h"
#include "io/itk/resample.h"
#include "io/volume_file.h"
#include "workflows/commands.h"
#include "workflows/convert_to_dicom.h"
#include "workflows/dicom_input.h"
#include "workflows/dicom_output.h"
#include "workflows/read_choices.h"
#include "workflows/volume_output.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "convert",
    "write a volume in another file format",
    "The ending of OUT chooses the format: .nii, .nii.gz, .nrrd or .mha. Voxel type, intensity scale, spacing, "
    "position\n"
    "and orientation are carried over. What only the old format can hold (header extensions, private keys) is not.\n"
    "\n"
    "IN may be a DICOM folder, file or DICOMDIR: --series and --volume choose where it holds more than one volume.\n"
    "Slices tilted against their axis (gantry tilt) lie on a grid that OUT cannot hold: --resample makes it upright.\n"
    "\n"
    "OUT/ is a folder of DICOM files: a series derived from the one that --like names, in its study and with its\n"
    "header, or, without --like, a new study marked as research. A JSON file beside OUT says how it was made.",
    {}};

struct ResampleChoice {
  bool wanted = false;
  std::string interpolation;
};

Volume upright(const Volume& volume, const std::string& interpolation) {
  Volume result = resample_upright(volume, interpolation == "bspline" ? Interpolation::bspline : Interpolation::linear);
  result.notices.push_back("resampled onto an upright grid, interpolation " + interpolation);
  return result;
}

void convert_dicom(const std::filesystem::path& input, const DicomChoices& choices, const ReadOptions& reading,
                   const ResampleChoice& resampling, VolumeOutput& out) {
  const DicomVolumeChoice chosen = choose_dicom_volume(input, choices, reading);
  const bool sheared = chosen.series.stacks[chosen.stack].sheared;
  if (sheared && !resampling.wanted) {
    fail(ExitCode::input, input,
         ": its slices are tilted against their axis (gantry tilt), which this format cannot hold; add --resample, "
         "which interpolates them onto an upright grid");
  }
  Volume volume = read_chosen_volume(chosen, choices, reading);
  if (sheared) volume = upright(volume, resampling.interpolation);
  out.provenance()["inputs"]["volume"]["series_uid"] = chosen.series.series_uid;
  out.provenance()["inputs"]["volume"]["volume"] = chosen.stack;
  out.write_volume(volume);
  out.tell(volume.notices);
}

}  // namespace

int convert_command(const Invocation& invocation) {
  std::string input, output;
  ReadChoices reading;
  DicomChoices dicom;
  ResampleChoice resampling;
  ToDicomChoices to_dicom;
  bool overwrite = false;

  Arguments arguments;
  arguments.positional("IN", &input, "volume to read: .nii, .nii.gz, .nrrd or .mha, DICOM folder, file or DICOMDIR")
      .positional("OUT", &output,
                  "volume to write; the ending chooses the format, a final slash or no ending a DICOM folder");
  reading.add_to(arguments);
  dicom.add_to(arguments);
  arguments.flag("resample", &resampling.wanted, "interpolate tilted DICOM slices onto an upright grid");
  arguments.option("interpolation", choice(&resampling.interpolation, "--interpolation", {"linear", "bspline"}),
                   "how --resample interpolates; bspline is sharper and may overshoot at edges");
  to_dicom.add_to(arguments);
  arguments.flag("overwrite", &overwrite, "replace OUT if it exists");

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay&) {
    if (names_dicom_folder(output) || to_dicom.any()) {
      convert_to_dicom(input, output, reading.options(), to_dicom, overwrite ? Overwrite::yes : Overwrite::no);
      return;
    }
    VolumeOutput out(kAbout.name, input, output, {}, overwrite);
    if (leads_to_dicom(input)) {
      convert_dicom(input, dicom, reading.options(), resampling, out);
    } else {
      out.write_volume(read_volume(input, reading.options()));
    }
    out.finish();
  });
}

}  // namespace voxprior
