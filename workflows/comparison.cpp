#include "workflows/comparison.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "io/volume_or_slice.h"
#include "pipeline/metrics/error_metrics.h"
#include "pipeline/metrics/ssim.h"
#include "workflows/cli/arguments.h"
#include "workflows/files.h"
#include "workflows/one_grid.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr double kBrainShareOfPeak = 0.02;

Volume read_on_grid_of(const Volume& reference, const fs::path& path, const ReadOptions& reading) {
  check_readable(path);
  Volume volume = read_volume_or_slice(path, reading);
  if (!on_one_grid(reference.geometry, volume.geometry)) {
    fail(ExitCode::input, path, ": not on the grid of the reference; resample it, or compare what belongs together");
  }
  return volume;
}

double peak_of(const Volume& reference, const std::string& peak) {
  if (peak == "p99.5") return nonzero_percentile(reference.voxels, 99.5);
  if (peak == "max") return *std::max_element(reference.voxels.begin(), reference.voxels.end());
  return parse_positive("--peak", peak);
}

std::vector<std::uint8_t> voxels_above(const std::vector<float>& voxels, double threshold) {
  std::vector<std::uint8_t> mask(voxels.size());
  std::transform(voxels.begin(), voxels.end(), mask.begin(), [&](float v) { return v > threshold; });
  return mask;
}

std::vector<std::uint8_t> mask_of(const Volume& reference, double peak, const std::string& mask,
                                  const ReadOptions& reading) {
  if (mask == "all") return std::vector<std::uint8_t>(reference.voxels.size(), 1);
  if (mask == "brain") return voxels_above(reference.voxels, kBrainShareOfPeak * peak);
  const Volume file = read_on_grid_of(reference, mask, reading);
  std::vector<std::uint8_t> chosen(file.voxels.size());
  std::transform(file.voxels.begin(), file.voxels.end(), chosen.begin(), [](float v) { return v != 0; });
  return chosen;
}

bool is_volume_file(const fs::path& path) { return without_volume_ending(path) != path; }

}  // namespace

Comparison compare_volumes(const fs::path& reference_path, const fs::path& test_path, const ComparisonTerms& terms,
                           const ReadOptions& reading) {
  check_readable(reference_path);
  const Volume reference = read_volume_or_slice(reference_path, reading);
  const Volume test = read_on_grid_of(reference, test_path, reading);
  const double peak = peak_of(reference, terms.peak);
  if (!(peak > 0)) fail(ExitCode::input, reference_path, ": has no positive voxels; state the data range with --peak");
  const std::vector<std::uint8_t> mask = mask_of(reference, peak, terms.mask, reading);

  const ErrorMetrics error =
      error_metrics(reference.voxels.data(), test.voxels.data(), reference.voxels.size(), peak, mask.data());
  const Ssim ssim = ssim_3d(reference.voxels.data(), test.voxels.data(), reference.geometry.size, peak, mask.data());
  Comparison result{reference_path, test_path, error.psnr_db, ssim.mean, error.nrmse, error.rmse, peak, error.voxels};
  if (terms.texture) {
    const auto& size = reference.geometry.size;
    result.texture = texture_match({reference.voxels, size}, {test.voxels, size}, mask);
  }
  return result;
}

std::vector<Pair> matched_pairs(const fs::path& reference, const fs::path& test) {
  if (fs::is_directory(reference) != fs::is_directory(test)) {
    fail(ExitCode::input, test, ": REF and TEST must be two files or two folders");
  }
  if (!fs::is_directory(test)) return {{reference, test}};
  std::vector<Pair> pairs;
  for (const auto& entry : fs::directory_iterator(test)) {
    if (is_volume_file(entry.path())) pairs.push_back({reference / entry.path().filename(), entry.path()});
  }
  if (pairs.empty()) fail(ExitCode::input, test, ": no volumes in this folder (.nii, .nii.gz, .nrrd, .mha)");
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.test < b.test; });
  for (const Pair& pair : pairs) {
    if (!fs::exists(pair.reference)) fail(ExitCode::input, pair.reference, ": missing, but ", pair.test, " is there");
  }
  return pairs;
}

}  // namespace voxprior
