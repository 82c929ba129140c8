#pragma once

#include <torch/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "bench/recon_lesion.h"

namespace voxprior {

/// One line of the table: a method on an experiment.
struct ReconRow {
  std::string experiment, method;
  double psnr_db = 0;              ///< peak 1 (the unit of normalised intensity; 1000 HU), over the foreground
  double ssim = 0;                 ///< 3D, the same range and voxels
  double rmse = 0;                 ///< over the same voxels, normalised
  double lesion = 0;               ///< contrast of the implanted lesion, over its true contrast
  int iterations = 0;              ///< 0: not iterative
  double residual_over_noise = 0;  ///< 0: not known
  double cpu_seconds = 0, seconds = 0;
  bool diverged = false;
};

/// Fills in what compares `image` with the truth, both [D,H,W] and normalised. Foreground: truth above `tissue`.
void compare_with_truth(ReconRow& row, const torch::Tensor& image, const torch::Tensor& truth, const Lesion& lesion,
                        double tissue);

/// A Markdown table of the rows of one experiment. `hounsfield`: also the error in HU.
std::string markdown_table(const std::vector<ReconRow>& rows, bool hounsfield);

/// All rows, comma separated, with a header line.
std::string comma_separated(const std::vector<ReconRow>& rows);

/// Images [D,H,W] side by side: plane `index` across `axis` of each above, and below the same plane's difference from
/// the last, the truth: grey for 0, fivefold. Enlarged to 160 pixels or more. Planes that hold D are drawn upwards.
void write_comparison(const std::filesystem::path& path, const std::vector<torch::Tensor>& images, int axis,
                      std::int64_t index, double black, double white);

}  // namespace voxprior
