#include "workflows/synthesis_metrics.h"

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/version.h"
#include "pipeline/metrics/set_comparison.h"
#include "workflows/platform.h"
#include "workflows/set_preview.h"
#include "workflows/volume_set.h"

namespace voxprior {
namespace {

struct Sets {
  std::vector<std::filesystem::path> real, synthetic;
};

/// Before anything is read: reading takes long.
Sets find_sets(const SynthesisEvaluation& evaluation) {
  Sets sets{volumes_in(evaluation.real), volumes_in(evaluation.synthetic)};
  const auto check = [](const std::string& folder, std::size_t count) {
    if (count < kFewestVolumes) {
      fail(ExitCode::input, folder, ": has ", count, " volumes, and comparing sets needs at least ", kFewestVolumes,
           " in each");
    }
  };
  check(evaluation.real, sets.real.size());
  check(evaluation.synthetic, sets.synthetic.size());
  return sets;
}

std::string with_interval(const Estimate& e) {
  char text[64];
  std::snprintf(text, sizeof text, "%9.4g [%9.3g,%9.3g]", e.mean, e.low, e.high);
  return text;
}

void print_table(const SetComparison& comparison, const Sets& sets, std::uint64_t seed) {
  std::printf("%-20s %-23s %-31s %-31s\n", "features", "metric", "synthetic [95 % interval]",
              "real-vs-real floor [95 %]");
  std::size_t worse = 0;
  for (const SetMetric& m : comparison.metrics) {
    worse += m.worse_than_floor();
    std::printf("%-20s %-23s %-31s %-31s%s\n", m.features.c_str(), m.name.c_str(), with_interval(m.synthetic).c_str(),
                with_interval(m.floor).c_str(), m.worse_than_floor() ? " worse" : "");
  }
  std::printf("%zu of %zu metrics are worse than two halves of the real volumes are to each other\n", worse,
              comparison.metrics.size());
  std::printf(
      "%zu real and %zu synthetic volumes, %zu of each used (seed %llu); means over %zu draws of %zu against "
      "%zu\n",
      sets.real.size(), sets.synthetic.size(), comparison.volumes, static_cast<unsigned long long>(seed),
      comparison.draws, comparison.per_half, comparison.per_half);
  std::printf("Frechet distances on %zu principal component%s; MS-SSIM with %d scales, %zu pairs\n",
              comparison.frechet_dimensions, comparison.frechet_dimensions == 1 ? "" : "s", comparison.ms_ssim_scales,
              comparison.similarity_pairs);
  std::fflush(stdout);
}

nlohmann::ordered_json as_json(const Estimate& e) { return {{"mean", e.mean}, {"low", e.low}, {"high", e.high}}; }

const char* text_of(Good good) { return good == Good::low ? "low" : good == Good::high ? "high" : "like real"; }

std::string as_json(const SetComparison& comparison, const Sets& sets, const SynthesisEvaluation& evaluation,
                    const FeaturePanel& panel) {
  nlohmann::ordered_json json{
      {"program", "voxprior"},
      {"version", version()},
      {"notice", "Research use only: not a medical device."},
      {"command_line", process_command_line()},
      {"real", {{"path", evaluation.real}, {"volumes", sets.real.size()}}},
      {"synthetic", {{"path", evaluation.synthetic}, {"volumes", sets.synthetic.size()}}},
      {"seed", evaluation.seed},
      {"volumes_used_of_each", comparison.volumes},
      {"volumes_per_half", comparison.per_half},
      {"draws", comparison.draws},
      {"interval", "2.5th to 97.5th percentile of the draws"},
      {"random_networks_sha256", panel.network_sha256()},
      {"frechet_dimensions", comparison.frechet_dimensions},
      {"kid_block", comparison.kid_block},
      {"ms_ssim", {{"scales", comparison.ms_ssim_scales}, {"pairs", comparison.similarity_pairs}}},
      {"metrics", nlohmann::json::array()}};
  for (const SetMetric& m : comparison.metrics) {
    nlohmann::ordered_json metric{{"features", m.features},           {"metric", m.name},
                                  {"good", text_of(m.good)},          {"synthetic", as_json(m.synthetic)},
                                  {"real_vs_real", as_json(m.floor)}, {"worse_than_real", m.worse_than_floor()}};
    if (m.block_sd > 0) metric["block_sd"] = m.block_sd;
    json["metrics"].push_back(metric);
  }
  return json.dump(2, ' ', false, nlohmann::detail::error_handler_t::replace) + "\n";
}

}  // namespace

void evaluate_synthesis(const SynthesisEvaluation& evaluation, ProgressDisplay& progress) {
  const Sets sets = find_sets(evaluation);
  const int threads = compute_threads(evaluation.threads);
  const FeaturePanel panel;
  ComparableVolumes reader(evaluation.reading);
  const auto describe = [&](const Image& image) { return panel.describe(image); };
  progress.stage("real volumes");
  const auto real = describe_volumes<VolumeDescription>(sets.real, reader, threads, progress, describe);
  progress.stage("synthetic volumes");
  const auto synthetic = describe_volumes<VolumeDescription>(sets.synthetic, reader, threads, progress, describe);

  progress.stage("comparing");
  SetComparisonOptions options;
  options.seed = evaluation.seed;
  options.draws = evaluation.draws;
  options.threads = threads;
  options.progress = [&](double fraction) { progress.update(fraction); };
  const SetComparison comparison = compare_sets(real, synthetic, options);

  progress.finish();
  print_table(comparison, sets, evaluation.seed);
  if (!evaluation.json_file.empty()) {
    write_file(evaluation.json_file, as_json(comparison, sets, evaluation, panel), evaluation.overwrite);
    std::cout << "wrote " << evaluation.json_file << '\n';
  }
  if (!evaluation.preview_file.empty()) {
    write_set_preview(evaluation.preview_file, sets.real, sets.synthetic, reader, evaluation.overwrite);
    std::cout << "wrote " << evaluation.preview_file << '\n';
  }
}

}  // namespace voxprior
