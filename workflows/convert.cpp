// voxprior convert IN OUT: another file format, the same voxels in the same place.
#include <boost/program_options.hpp>

#include "io/volume_file.h"
#include "workflows/commands.h"
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
    "and orientation are carried over. What only the old format can hold (header extensions, private keys) is not.",
    {}};

}  // namespace

int convert_command(const Invocation& invocation) {
  std::string input, output;
  ReadChoices reading;
  bool overwrite = false;

  Arguments arguments;
  arguments.positional("IN", &input, "volume to read: .nii, .nii.gz, .nrrd or .mha")
      .positional("OUT", &output, "volume to write; the ending chooses the format");
  reading.add_to(arguments);
  arguments.flag("overwrite", &overwrite, "replace OUT if it exists");

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay&) {
    VolumeOutput out(kAbout.name, input, output, {}, overwrite);
    out.write_volume(read_volume(input, reading.options()));
    out.finish();
  });
}

}  // namespace voxprior
