#include "bench/recon_report.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "io/png.h"
#include "pipeline/metrics/error_metrics.h"
#include "pipeline/metrics/ssim.h"

namespace voxprior {
namespace {

constexpr std::int64_t kLeastSide = 160;  // pixels of a picture's longer side
constexpr std::int64_t kGap = 2;          // pixels between pictures
constexpr double kDifferenceGain = 5;

template <typename... Numbers>
std::string formatted(const char* format, Numbers... numbers) {
  char text[320];
  std::snprintf(text, sizeof(text), format, numbers...);
  return text;
}

/// 0 to 1 as bytes, every pixel repeated `times` along both axes.
torch::Tensor enlarged_bytes(const torch::Tensor& plane, std::int64_t times) {
  return (255 * plane.clamp(0, 1)).round().to(torch::kUInt8).repeat_interleave(times, 0).repeat_interleave(times, 1);
}

}  // namespace

void compare_with_truth(ReconRow& row, const torch::Tensor& image, const torch::Tensor& truth, const Lesion& lesion,
                        double tissue) {
  const torch::Tensor x = image.to(torch::kFloat32).contiguous(), reference = truth.contiguous(),
                      mask = (truth > tissue).to(torch::kUInt8).contiguous();
  const auto n = static_cast<std::size_t>(truth.numel());
  const ErrorMetrics errors =
      error_metrics(reference.data_ptr<float>(), x.data_ptr<float>(), n, 1, mask.data_ptr<std::uint8_t>());
  row.psnr_db = errors.psnr_db;
  row.rmse = errors.rmse;
  row.ssim = ssim_3d(reference.data_ptr<float>(), x.data_ptr<float>(), {truth.size(2), truth.size(1), truth.size(0)}, 1,
                     mask.data_ptr<std::uint8_t>())
                 .mean;
  row.lesion = lesion_contrast(lesion, x) / lesion_contrast(lesion, truth);
}

std::string markdown_table(const std::vector<ReconRow>& rows, bool hounsfield) {
  std::string text = formatted("| method | iterations | PSNR, dB | SSIM |%s lesion, %% | residual / noise | CPU s |\n",
                               hounsfield ? " error, HU |" : "");
  text += formatted("|---|---:|---:|---:|%s---:|---:|---:|\n", hounsfield ? "---:|" : "");
  for (const ReconRow& row : rows) {
    text += formatted("| %s | %s%s | %.2f | %.4f |", row.method.c_str(),
                      row.iterations > 0 ? std::to_string(row.iterations).c_str() : "",
                      row.diverged ? " (diverged)" : "", row.psnr_db, row.ssim);
    if (hounsfield) text += formatted(" %.1f |", 1000 * row.rmse);
    text += formatted(" %.0f | %s | %.1f |\n", 100 * row.lesion,
                      row.residual_over_noise > 0 ? formatted("%.2f", row.residual_over_noise).c_str() : "",
                      row.cpu_seconds);
  }
  return text;
}

std::string comma_separated(const std::vector<ReconRow>& rows) {
  std::string text =
      "experiment,method,iterations,diverged,psnr_db,ssim,rmse,lesion_contrast,residual_over_noise,cpu_s,wall_s\n";
  for (const ReconRow& row : rows)
    text += formatted("%s,\"%s\",%d,%d,%.3f,%.5f,%.6f,%.3f,%.3f,%.2f,%.2f\n", row.experiment.c_str(),
                      row.method.c_str(), row.iterations, row.diverged ? 1 : 0, row.psnr_db, row.ssim, row.rmse,
                      row.lesion, row.residual_over_noise, row.cpu_seconds, row.seconds);
  return text;
}

void write_comparison(const std::filesystem::path& path, const std::vector<torch::Tensor>& images, int axis,
                      std::int64_t index, double black, double white) {
  const auto plane_of = [&](const torch::Tensor& image) {
    const torch::Tensor plane = image.select(axis, index);
    return axis == 0 ? plane : plane.flip(0);
  };
  const torch::Tensor truth = plane_of(images.back());
  const std::int64_t times = std::max<std::int64_t>(
      1, (kLeastSide + std::max(truth.size(0), truth.size(1)) - 1) / std::max(truth.size(0), truth.size(1)));
  std::vector<torch::Tensor> above, below;
  for (const torch::Tensor& image : images) {
    const torch::Tensor plane = plane_of(image);
    const torch::Tensor gap = torch::zeros({times * plane.size(0), kGap}, torch::kUInt8);
    for (const torch::Tensor& tile : {enlarged_bytes((plane - black) / (white - black), times), gap})
      above.push_back(tile);
    for (const torch::Tensor& tile :
         {enlarged_bytes(0.5 + kDifferenceGain / 2 * (plane - truth) / (white - black), times), gap})
      below.push_back(tile);
  }
  above.pop_back(), below.pop_back();
  const torch::Tensor top = torch::cat(above, 1), bottom = torch::cat(below, 1);
  const torch::Tensor sheet =
      torch::cat({top, torch::zeros({kGap, top.size(1)}, torch::kUInt8), bottom}, 0).contiguous();
  write_png(path, static_cast<int>(sheet.size(1)), static_cast<int>(sheet.size(0)), 1, sheet.data_ptr<std::uint8_t>(),
            Overwrite::yes);
}

}  // namespace voxprior
