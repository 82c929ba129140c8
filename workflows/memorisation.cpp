#include "workflows/memorisation.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "base/version.h"
#include "pipeline/metrics/memorisation.h"
#include "workflows/anatomy.h"
#include "workflows/copy_preview.h"
#include "workflows/copy_watch.h"
#include "workflows/platform.h"
#include "workflows/volume_set.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

using Files = std::vector<fs::path>;

constexpr std::size_t kPairsShown = 4;
constexpr double kSameVolume = 1e-6;  // correlation distance that only a copy with other brightness has

/// What was found: one entry a volume, and a test a measure.
struct Findings {
  std::vector<NearestTraining> samples, held_out;
  MemorisationTest correlation, features;
};

template <typename Measure>
MemorisationTest test_of(const Findings& findings, const Measure& measure) {
  std::vector<double> samples, held_out;
  for (const NearestTraining& n : findings.samples) samples.push_back(measure(n));
  for (const NearestTraining& n : findings.held_out) held_out.push_back(measure(n));
  return memorisation_test(samples, held_out);
}

void check_held_out(const Findings& findings, const Files& held_out, const Files& training) {
  for (std::size_t n = 0; n < held_out.size(); ++n) {
    if (findings.held_out[n].correlation_distance() > kSameVolume) continue;
    fail(ExitCode::input, held_out[n], ": is the same volume as ", training[findings.held_out[n].by_correlation],
         "; held-out volumes must not be in the training set");
  }
}

/// Samples in order of their correlation distance, nearest first.
std::vector<std::size_t> closest_first(const std::vector<NearestTraining>& samples) {
  std::vector<std::size_t> order(samples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return samples[a].correlation_distance() < samples[b].correlation_distance();
  });
  return order;
}

void print_test(const char* measure, const MemorisationTest& test, std::size_t samples) {
  std::printf("%-22s %10.4g %10.4g %6zu of %-6zu %9.2f %10.4g\n", measure, test.p_value, test.limit, test.closer,
              samples, test.expected_closer, test.p_closer);
}

void print_findings(const Findings& findings, const Files& samples, const Files& training) {
  std::printf("%-22s %10s %10s %16s %9s %10s\n", "distance to training", "p", "limit", "closer than it", "expected",
              "p of count");
  print_test("1 - correlation", findings.correlation, samples.size());
  print_test("features", findings.features, samples.size());
  std::printf("\n%-32s %-32s %11s %8s\n", "closest samples", "training volume", "correlation", "p");
  const std::vector<std::size_t> order = closest_first(findings.samples);
  for (std::size_t n = 0; n < std::min(kPairsShown, order.size()); ++n) {
    const NearestTraining& nearest = findings.samples[order[n]];
    std::printf("%-32s %-32s %11.4f %8.4f%s\n", samples[order[n]].filename().c_str(),
                training[nearest.by_correlation].filename().c_str(), nearest.alignment.correlation,
                findings.correlation.sample_p[order[n]], nearest.mirrored ? " mirrored" : "");
  }
  std::printf(
      "p: one-sided Mann-Whitney, samples as near to the %zu training volumes as these if they were like the %zu "
      "held-out ones\nlimit: 1 %% quantile of the held-out distances (the least of fewer than 200)\n",
      training.size(), findings.held_out.size());
  std::fflush(stdout);
}

nlohmann::ordered_json as_json(const MemorisationTest& test) {
  return {{"p_value", test.p_value},
          {"held_out_1_percent_quantile", test.limit},
          {"closer_samples", test.closer},
          {"expected_closer", test.expected_closer},
          {"p_closer", test.p_closer}};
}

nlohmann::ordered_json as_json(const fs::path& file, const NearestTraining& nearest, const Files& training) {
  return {{"file", file.filename().string()},
          {"nearest_by_correlation", training[nearest.by_correlation].filename().string()},
          {"correlation", nearest.alignment.correlation},
          {"shift_voxels", nearest.alignment.shift},
          {"mirrored", nearest.mirrored},
          {"nearest_by_features", training[nearest.by_features].filename().string()},
          {"feature_distance", nearest.feature_distance}};
}

std::string as_json(const Findings& findings, const Files& samples, const Files& held_out, const Files& training,
                    const MemorisationEvaluation& evaluation) {
  nlohmann::ordered_json json{{"program", "voxprior"},
                              {"version", version()},
                              {"notice", "Research use only: not a medical device."},
                              {"command_line", process_command_line()},
                              {"training", {{"path", evaluation.training}, {"volumes", training.size()}}},
                              {"synthetic", {{"path", evaluation.synthetic}, {"volumes", samples.size()}}},
                              {"held_out", {{"path", evaluation.held_out}, {"volumes", held_out.size()}}},
                              {"by_correlation", as_json(findings.correlation)},
                              {"by_features", as_json(findings.features)},
                              {"samples", nlohmann::json::array()},
                              {"held_out_volumes", nlohmann::json::array()}};
  for (std::size_t n = 0; n < samples.size(); ++n) {
    nlohmann::ordered_json sample = as_json(samples[n], findings.samples[n], training);
    sample["p_by_correlation"] = findings.correlation.sample_p[n];
    sample["p_by_features"] = findings.features.sample_p[n];
    json["samples"].push_back(sample);
  }
  for (std::size_t n = 0; n < held_out.size(); ++n)
    json["held_out_volumes"].push_back(as_json(held_out[n], findings.held_out[n], training));
  return json.dump(2, ' ', false, nlohmann::detail::error_handler_t::replace) + "\n";
}

std::vector<CopyPair> closest_pairs(const Findings& findings, const Files& samples, const Files& training) {
  std::vector<CopyPair> pairs;
  const std::vector<std::size_t> order = closest_first(findings.samples);
  for (std::size_t n = 0; n < std::min(kPairsShown, order.size()); ++n) {
    const NearestTraining& nearest = findings.samples[order[n]];
    pairs.push_back({samples[order[n]], training[nearest.by_correlation], nearest.alignment.shift, nearest.mirrored});
  }
  return pairs;
}

}  // namespace

void evaluate_memorisation(const MemorisationEvaluation& evaluation, ProgressDisplay& progress) {
  const Files training = volumes_in(evaluation.training), samples = volumes_in(evaluation.synthetic),
              held_out = volumes_in(evaluation.held_out);
  if (held_out.size() < kFewestHeldOut) {
    fail(ExitCode::input, evaluation.held_out, ": has ", held_out.size(),
         " volumes, and looking for copies needs at least ", kFewestHeldOut, " held-out ones");
  }
  const int threads = compute_threads(evaluation.threads);
  ComparableVolumes reader(evaluation.reading);
  progress.stage("training volumes");
  const TrainingVolumes known(describe_volumes<CopyFingerprint>(training, reader, threads, progress, copy_fingerprint));
  const int mirror_axis = anatomical_axes(reader.geometry()).index_axis[0];
  const auto nearest = [&](const Image& image) { return known.nearest(sample_fingerprint(image, mirror_axis)); };

  Findings findings;
  progress.stage("held-out volumes");
  findings.held_out = describe_volumes<NearestTraining>(held_out, reader, threads, progress, nearest);
  check_held_out(findings, held_out, training);
  progress.stage("synthetic volumes");
  findings.samples = describe_volumes<NearestTraining>(samples, reader, threads, progress, nearest);
  findings.correlation = test_of(findings, [](const NearestTraining& n) { return n.correlation_distance(); });
  findings.features = test_of(findings, [](const NearestTraining& n) { return n.feature_distance; });

  progress.finish();
  print_findings(findings, samples, training);
  if (!evaluation.json_file.empty()) {
    write_file(evaluation.json_file, as_json(findings, samples, held_out, training, evaluation), evaluation.overwrite);
    std::cout << "wrote " << evaluation.json_file << '\n';
  }
  if (!evaluation.model_folder.empty()) {
    write_copy_watch(evaluation.model_folder,
                     {known.features(), reader.geometry().size, held_out.size(), copy_limit(findings.held_out)},
                     evaluation.overwrite);
    std::cout << "wrote " << copy_watch_path(evaluation.model_folder).string() << '\n';
  }
  if (!evaluation.preview_file.empty()) {
    write_copy_preview(evaluation.preview_file, closest_pairs(findings, samples, training), mirror_axis, reader,
                       evaluation.overwrite);
    std::cout << "wrote " << evaluation.preview_file << '\n';
  }
}

}  // namespace voxprior
