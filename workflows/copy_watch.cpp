#include "workflows/copy_watch.h"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/sha256.h"
#include "base/version.h"
#include "pipeline/intensity/normalise.h"
#include "pipeline/metrics/aligned_correlation.h"
#include "pipeline/metrics/features/random_network.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

using nlohmann::ordered_json;

constexpr int kLeftRight = 0;          // index axis of a volume in RAS orientation
constexpr double kFeatureSteps = 1e6;  // features are written to six decimals
constexpr const char* kRemedy = "; make it again with evaluate --memorisation --for-model";

Image normalised_image(const Volume& volume) {
  Image image{volume.voxels, volume.geometry.size};
  const bool ct = volume.modality == Modality::ct;
  const IntensityMap map = ct ? ct_intensity_map() : mr_intensity_map(image.voxels.data(), image.voxels.size());
  // A sample without a positive voxel is nobody's copy: it stays as it is.
  if (map.scale > 0)
    for (float& v : image.voxels) v = map.forward(v);
  return image;
}

/// Whether volumes of both sizes show the random networks the same grid.
bool comparable(const std::array<std::int64_t, 3>& a, const std::array<std::int64_t, 3>& b) {
  return shrunk_size(a, RandomNetwork::kLongestSide) == shrunk_size(b, RandomNetwork::kLongestSide);
}

/// Nothing for a record that write_copy_watch() did not write, whatever is wrong with it.
std::optional<CopyWatch> parse(const ordered_json& record) {
  try {
    auto features = record.at("training_features").get<std::vector<std::vector<double>>>();
    for (const auto& volume : features)
      if (volume.size() != kCopyFeatures) return std::nullopt;
    return CopyWatch{TrainingFeatures(std::move(features)), record.at("size").get<std::array<std::int64_t, 3>>(),
                     record.at("held_out_volumes").get<std::size_t>(),
                     record.at("feature_distance_limit").get<double>()};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

fs::path copy_watch_path(const fs::path& model_folder) { return model_folder / "copies.json"; }

CopyCheck CopyWatch::check(const Volume& sample) const {
  const Image image = normalised_image(sample);
  const FeatureNeighbour upright = training.nearest(copy_features(image));
  const FeatureNeighbour mirror = training.nearest(copy_features(mirrored(image, kLeftRight)));
  return {upright.distance <= mirror.distance ? upright : mirror, limit};
}

void write_copy_watch(const fs::path& model_folder, const CopyWatch& watch, Overwrite overwrite) {
  const fs::path coarse = model_folder / "coarse.safetensors";
  if (!fs::exists(coarse))
    fail(ExitCode::model, coarse, ": missing; --for-model takes the folder of a synthesis model");
  ordered_json record{{"program", "voxprior"},
                      {"version", version()},
                      {"about", "features of the training volumes, by which synth looks for copies; no voxels"},
                      {"coarse_sha256", sha256_of_file(coarse)},
                      {"size", watch.size},
                      {"held_out_volumes", watch.held_out},
                      {"feature_distance_limit", watch.limit},
                      {"training_features", ordered_json::array()}};
  for (const std::vector<double>& volume : watch.training.volumes()) {
    ordered_json row = ordered_json::array();
    for (const double feature : volume) row.push_back(std::round(feature * kFeatureSteps) / kFeatureSteps);
    record["training_features"].push_back(std::move(row));
  }
  write_file(copy_watch_path(model_folder), record.dump() + "\n", overwrite);
}

std::optional<CopyWatch> read_copy_watch(const SynthFacts& model, const fs::path& model_folder) {
  const fs::path path = copy_watch_path(model_folder);
  if (!fs::exists(path)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  const ordered_json record = ordered_json::parse(file, nullptr, false);
  const std::optional<CopyWatch> watch = parse(record);
  if (!watch) fail(ExitCode::model, path, ": is damaged", kRemedy);
  if (record.value("coarse_sha256", "") != model.files.front().sha256)
    fail(ExitCode::model, path, ": was made for other weights than coarse.safetensors", kRemedy);
  if (!comparable(watch->size, model.size))
    fail(ExitCode::model, path, ": was made of volumes of another shape than the model's", kRemedy);
  return watch;
}

}  // namespace voxprior
