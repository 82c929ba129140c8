#include "workflows/mode_counting.h"

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/version.h"
#include "pipeline/metrics/modes/mode_assignment.h"
#include "pipeline/metrics/modes/mode_coverage.h"
#include "workflows/mode_folder.h"
#include "workflows/platform.h"
#include "workflows/volume_set.h"

namespace voxprior {
namespace {

using nlohmann::ordered_json;

void check_volumes(const std::string& folder, const ComparableVolumes& reader, std::size_t volumes,
                   const ModeDesign& design) {
  const auto& size = reader.geometry().size;
  if (size != std::array<std::int64_t, 3>{design.side, design.side, design.side})
    fail(ExitCode::input, folder, ": volumes of ", size[0], " x ", size[1], " x ", size[2],
         " voxels are not of the set of modes, which has ", design.side, " a side");
  if (volumes < fewest_for_coverage(design))
    fail(ExitCode::input, folder, ": has ", volumes, " volumes, and counting ", design.modes.size(),
         " modes needs at least as many");
}

ModeCoverage coverage_of(const std::string& folder, const ModeAssigner& assigner, const ModeEvaluation& evaluation,
                         ProgressDisplay& progress) {
  const auto files = volumes_in(folder);
  ComparableVolumes reader(evaluation.reading);
  reader.read(files.front());
  check_volumes(folder, reader, files.size(), assigner.design());
  const auto assigned =
      describe_volumes<std::optional<std::size_t>>(files, reader, compute_threads(evaluation.threads), progress,
                                                   [&](const Image& image) { return assigner.assign(image); });
  return mode_coverage(assigner.design(), assigned, evaluation.seed);
}

void print_number(const char* name, const ModeNumber& test, const ModeNumber& real) {
  std::printf("%-32s %10.4g %10.4g   %.4g [%.4g, %.4g]\n", name, test.value, real.value, test.floor.mean,
              test.floor.low, test.floor.high);
}

void print(const ModeCoverage& test, const ModeCoverage& real, const ModeDesign& design) {
  std::printf("%-32s %10s %10s   %s\n", "", "TEST", "REAL", "perfect generator, as many as TEST [95 %]");
  print_number(("modes found, of " + std::to_string(design.modes.size())).c_str(), test.found, real.found);
  if (test.rare_modes > 0)
    print_number(("rare modes found, of " + std::to_string(test.rare_modes)).c_str(), test.rare_found, real.rare_found);
  print_number("total variation of frequencies", test.total_variation, real.total_variation);
  print_number("KL divergence of frequencies", test.divergence, real.divergence);
  std::printf("%-32s %10zu %10zu\n%-32s %10zu %10zu\n", "volumes", test.volumes, real.volumes, "of them no mode at all",
              test.rejected, real.rejected);
  std::fflush(stdout);
}

ordered_json as_json(const ModeNumber& number) {
  return {{"value", number.value},
          {"perfect", {{"mean", number.floor.mean}, {"low", number.floor.low}, {"high", number.floor.high}}}};
}

ordered_json as_json(const ModeCoverage& coverage) {
  return {{"volumes", coverage.volumes},
          {"rejected", coverage.rejected},
          {"found", as_json(coverage.found)},
          {"rare_modes", coverage.rare_modes},
          {"rare_found", as_json(coverage.rare_found)},
          {"total_variation", as_json(coverage.total_variation)},
          {"divergence", as_json(coverage.divergence)},
          {"counts", coverage.counts}};
}

}  // namespace

void evaluate_modes(const ModeEvaluation& evaluation, ProgressDisplay& progress) {
  const ModeDesign design = design_of_folder(evaluation.real);
  progress.stage("measuring the modes");
  const ModeAssigner assigner(design);
  progress.stage("real volumes");
  const ModeCoverage real = coverage_of(evaluation.real, assigner, evaluation, progress);
  progress.stage("volumes to count");
  const ModeCoverage test = coverage_of(evaluation.test, assigner, evaluation, progress);
  progress.finish();
  print(test, real, design);
  if (evaluation.json_file.empty()) return;
  ordered_json json{{"program", "voxprior"},
                    {"version", version()},
                    {"notice", "Research use only: not a medical device."},
                    {"command_line", process_command_line()},
                    {"design", design.name},
                    {"modes", ordered_json::array()},
                    {"test", as_json(test)},
                    {"real", as_json(real)}};
  for (const Mode& mode : design.modes) json["modes"].push_back({{"name", name_of(mode)}, {"share", mode.frequency}});
  write_file(evaluation.json_file, json.dump(2, ' ', false, nlohmann::detail::error_handler_t::replace) + "\n",
             evaluation.overwrite);
  std::cout << "wrote " << evaluation.json_file << '\n';
}

}  // namespace voxprior
