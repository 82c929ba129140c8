// voxprior simulate modes OUT: volumes of a known number of discrete modes, to see which of them a generator finds.
#include <boost/program_options.hpp>
#include <iostream>

#include "base/error.h"
#include "workflows/commands.h"
#include "workflows/mode_folder.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "simulate modes",
    "make a set of volumes with a known number of modes, to test generative models on",
    "Each volume is a cube of tissue in a bright frame with one shape inside: a ball, cube, ring, cross or plate, at "
    "one\n"
    "of five positions, in one of five contrasts. Shapes are shifted by up to half a voxel and there is noise of 2 %, "
    "so\n"
    "that the set is no finite list. Train a model on one folder, keep one of another seed as held-out set, and count "
    "what\n"
    "the model finds with evaluate --modes.\n\n"
    "OUT receives mode-000000.nii.gz and so on, modes.csv (what each one is) and modes.json.",
    {}};

}  // namespace

int simulate_modes_command(const Invocation& invocation) {
  std::string out, frequencies;
  long long count = 0, side = 0, seed = 0;
  bool overwrite = false;

  Arguments arguments;
  arguments.positional("OUT", &out, "folder to write into")
      .option("count", at_least(1, &count, "--count")->value_name("N")->default_value(1000), "how many volumes")
      .option("frequencies", choice(&frequencies, "--frequencies", {"balanced", "rare"}),
              "balanced: all 125 combinations alike; rare: 25 modes, 15 of them 1 % of the volumes each and 10 8.5 %")
      .option("size", at_least(kLeastModeSide, &side, "--size")->value_name("N")->default_value(32),
              "voxels a side, 16 to 64")
      .option("seed", at_least(0, &seed, "--seed")->value_name("S")->default_value(0), "which volumes are drawn")
      .flag("overwrite", &overwrite, "replace files that exist")
      .with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    if (side > kMostModeSide) fail(ExitCode::usage, "--size: must be ", kMostModeSide, " or less, got ", side);
    const ModeDesign design = mode_design(frequencies, side);
    progress.stage("drawing");
    write_mode_folder(out, design, static_cast<std::size_t>(count), static_cast<std::uint64_t>(seed),
                      overwrite ? Overwrite::yes : Overwrite::no, progress);
    progress.finish();
    std::cout << "wrote " << count << " volumes of " << design.modes.size() << " modes to " << out << '\n';
  });
}

}  // namespace voxprior
