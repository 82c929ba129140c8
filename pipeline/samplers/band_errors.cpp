#include "pipeline/samplers/band_errors.h"

#include <cmath>
#include <utility>

#include "pipeline/samplers/reverse_variance.h"

namespace voxprior {

bool BandErrors::fits(const torch::Tensor& log_ratio) {
  return log_ratio.dim() == 2 && log_ratio.size(0) == kKnots && log_ratio.size(1) == kBands &&
         log_ratio.scalar_type() == torch::kDouble && torch::isfinite(log_ratio).all().item<bool>();
}

BandErrors::BandErrors(double sigma_min, double sigma_max, torch::Tensor log_ratio, torch::Tensor band_variance)
    : low_(std::log(sigma_min)),
      high_(std::log(sigma_max)),
      log_ratio_(std::move(log_ratio)),
      band_variance_(std::move(band_variance)) {
  TORCH_CHECK(sigma_min > 0 && sigma_min < sigma_max && fits(log_ratio_) && band_variance_.numel() == kBands &&
                  band_variance_.scalar_type() == torch::kDouble,
              "BandErrors needs log ratios, a variance for each band and a range of sigma");
}

torch::Tensor BandErrors::at(const torch::Tensor& sigma) const {
  const torch::Tensor s = sigma.detach().to(torch::kCPU, torch::kDouble);
  const torch::Tensor place = ((s.log() - low_) / (high_ - low_)).clamp(0, 1) * static_cast<double>(kKnots - 1);
  const torch::Tensor knot = place.floor().clamp_max(static_cast<double>(kKnots - 2));
  const torch::Tensor share = (place - knot).unsqueeze(1), below = knot.to(torch::kLong);
  const torch::Tensor ratio =
      (1 - share) * log_ratio_.index_select(0, below) + share * log_ratio_.index_select(0, below + 1);  // [N,8]
  const torch::Tensor s2 = s.square().unsqueeze(1), v = band_variance_.unsqueeze(0);
  return ratio.exp() * (s2 * v / (s2 + v));
}

torch::Tensor band_variance_of_step(const BandErrors& errors, double from, double to) {
  const torch::NoGradGuard no_grad;
  const double data_weight = 1 - (to / from) * (to / from);
  const torch::Tensor e = errors.at(torch::full({1}, from, torch::kDouble))[0];
  return fixed_small_variance(from, to) + data_weight * data_weight * e;
}

}  // namespace voxprior
