#include "workflows/read_choices.h"

#include <boost/program_options.hpp>

namespace voxprior {
namespace po = boost::program_options;

void ReadChoices::add_to(Arguments& arguments) {
  arguments
      .option("max-voxels", at_least(1, &max_voxels_, "--max-voxels")->value_name("N")->default_value(max_voxels_),
              "refuse files that claim more voxels than this, before any memory is taken for them")
      .option("nonfinite", choice(&nonfinite_, "--nonfinite", {"refuse", "zero"}),
              "what to do with NaN and infinite voxels")
      .option("volume", at_least(0, &volume_of_4d_, "--volume")->value_name("N"),
              "which volume of a 4D file to take, counted from 0; without it 4D files are refused");
}

ReadOptions ReadChoices::options() const {
  ReadOptions options;
  options.max_voxels = max_voxels_;
  options.nonfinite = nonfinite_ == "zero" ? Nonfinite::zero : Nonfinite::refuse;
  options.volume_of_4d = static_cast<int>(volume_of_4d_);
  return options;
}

}  // namespace voxprior
