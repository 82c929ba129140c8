#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "io/volume_file.h"
#include "pipeline/metrics/texture_match.h"

namespace voxprior {

/// What the numbers of a comparison are stated for. Without it they mean nothing.
struct ComparisonTerms {
  std::string peak = "p99.5";  ///< data range: "p99.5" and "max" of the reference's non-zero voxels, or a number
  std::string mask = "brain";  ///< "brain" (reference above 2 % of the peak), "all", or a file whose voxels are not 0
  bool texture = false;        ///< look at texture and sharpness, too
};

/// How far a test volume is from its reference. Definitions in pipeline/metrics.
struct Comparison {
  std::filesystem::path reference, test;
  double psnr_db = 0, ssim = 0, nrmse = 0, rmse = 0;
  double peak = 0;
  std::int64_t mask_voxels = 0;
  std::optional<TextureMatch> texture = {};  ///< if it was asked for
};

/// Throws Error(ExitCode::input) when the two (or the mask) do not share one grid.
Comparison compare_volumes(const std::filesystem::path& reference, const std::filesystem::path& test,
                           const ComparisonTerms& terms, const ReadOptions& reading);

/// A reference and what is to be compared with it.
struct Pair {
  std::filesystem::path reference, test;
};

/// Two files, or the volumes of two folders matched by name. Throws Error(ExitCode::input) when a volume of the test
/// folder has no namesake among the references.
std::vector<Pair> matched_pairs(const std::filesystem::path& reference, const std::filesystem::path& test);

}  // namespace voxprior
