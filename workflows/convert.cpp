// voxprior convert IN OUT: another file format, the same voxels in the same place.
#include <array>
#include <boost/program_options.hpp>
#include <sstream>
#include <vector>

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
  bool upright = false;
  std::string spacing;  ///< as given; empty: as it is
  std::string interpolation;

  Interpolation how() const { return interpolation == "bspline" ? Interpolation::bspline : Interpolation::linear; }
};

/// "1" or "1,1,2.5".
std::array<double, 3> parse_spacing(const std::string& text) {
  std::vector<double> numbers;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) numbers.push_back(parse_positive("--spacing", word));
  if (numbers.size() == 1) return {numbers[0], numbers[0], numbers[0]};
  if (numbers.size() != 3 || text.back() == ',') {
    fail(ExitCode::usage, "--spacing takes one number or three with commas between them, in mm, not '", text, "'");
  }
  return {numbers[0], numbers[1], numbers[2]};
}

/// Along i, j and k, as the volume holds them. Throws before memory is taken for a grid that is too large or flat.
Volume with_spacing(const Volume& volume, const ResampleChoice& choice, std::int64_t max_voxels) {
  const std::array<double, 3> spacing_mm = parse_spacing(choice.spacing);
  double voxels = 1;
  for (int axis = 0; axis < 3; ++axis) {
    const double count =
        static_cast<double>(volume.geometry.size[axis]) * volume.geometry.spacing_mm[axis] / spacing_mm[axis];
    if (count < 1.5)
      fail(ExitCode::usage, "--spacing ", choice.spacing, " leaves one voxel along an axis; choose a smaller spacing");
    voxels *= count;
  }
  if (voxels > static_cast<double>(max_voxels)) {
    fail(ExitCode::usage, "--spacing ", choice.spacing, " makes more voxels than the limit of ", max_voxels,
         "; choose a larger spacing, or raise --max-voxels");
  }
  Volume result = resample_to_spacing(volume, spacing_mm, choice.how());
  std::ostringstream notice;
  notice << "resampled to voxels of " << spacing_mm[0] << " x " << spacing_mm[1] << " x " << spacing_mm[2]
         << " mm, interpolation " << choice.interpolation;
  result.notices.push_back(notice.str());
  return result;
}

Volume upright(const Volume& volume, const ResampleChoice& choice) {
  Volume result = resample_upright(volume, choice.how());
  result.notices.push_back("resampled onto an upright grid, interpolation " + choice.interpolation);
  return result;
}

/// Writes the volume, with the spacing that is asked for.
void write_resampled(const Volume& volume, const ResampleChoice& resampling, std::int64_t max_voxels,
                     VolumeOutput& out) {
  if (resampling.spacing.empty()) {
    out.write_volume(volume);
    out.tell(volume.notices);
  } else {
    const Volume result = with_spacing(volume, resampling, max_voxels);
    out.write_volume(result);
    out.tell(result.notices);
  }
}

void convert_dicom(const std::filesystem::path& input, const DicomChoices& choices, const ReadOptions& reading,
                   const ResampleChoice& resampling, VolumeOutput& out) {
  const DicomVolumeChoice chosen = choose_dicom_volume(input, choices, reading);
  const bool sheared = chosen.series.stacks[chosen.stack].sheared;
  if (sheared && !resampling.upright) {
    fail(ExitCode::input, input,
         ": its slices are tilted against their axis (gantry tilt), which this format cannot hold; add --resample, "
         "which interpolates them onto an upright grid");
  }
  Volume volume = read_chosen_volume(chosen, choices, reading);
  if (sheared) volume = upright(volume, resampling);
  out.provenance()["inputs"]["volume"]["series_uid"] = chosen.series.series_uid;
  out.provenance()["inputs"]["volume"]["volume"] = chosen.stack;
  write_resampled(volume, resampling, reading.max_voxels, out);
}

/// The options for DICOM input, where there is none.
void refuse_dicom_options(const std::filesystem::path& input, const DicomChoices& choices,
                          const ResampleChoice& resampling) {
  choices.refuse_beside_file(input);
  if (resampling.upright) refuse_beside_file(input, "--resample");
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
  arguments.flag("resample", &resampling.upright, "interpolate tilted DICOM slices onto an upright grid");
  arguments.option("spacing", po::value(&resampling.spacing)->value_name("MM|X,Y,Z"),
                   "interpolate onto voxels of this spacing along i, j and k; the centre and the directions stay");
  arguments.option("interpolation", choice(&resampling.interpolation, "--interpolation", {"linear", "bspline"}),
                   "how --resample and --spacing interpolate; bspline is sharper and may overshoot at edges");
  to_dicom.add_to(arguments);
  arguments.flag("overwrite", &overwrite, "replace OUT if it exists");

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay&) {
    if (!resampling.spacing.empty()) parse_spacing(resampling.spacing);  // refused before anything is read
    if (names_dicom_folder(output) || to_dicom.any()) {
      if (!resampling.spacing.empty()) {
        fail(ExitCode::usage, "--spacing is for volume files; write one with it first, then convert that");
      }
      refuse_dicom_options(input, dicom, resampling);
      convert_to_dicom(input, output, reading.options(), to_dicom, overwrite ? Overwrite::yes : Overwrite::no);
      return;
    }
    VolumeOutput out(kAbout.name, input, output, {}, overwrite);
    if (leads_to_dicom(input)) {
      convert_dicom(input, dicom, reading.options(), resampling, out);
    } else {
      refuse_dicom_options(input, dicom, resampling);
      write_resampled(read_volume(input, reading.options()), resampling, reading.options().max_voxels, out);
    }
    out.finish();
  });
}

}  // namespace voxprior
