#include "models/beside_network.h"

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace voxprior {
namespace {

const char* const kScheduleNames[] = {"schedule.weights", "schedule.slopes", "schedule.centres"};
const char* const kLogRatio = "variance.log_ratio";

}  // namespace

TensorMap tensors_of(const MonotoneSchedule& schedule) {
  TensorMap tensors;
  for (const torch::Tensor& parameter : schedule.parameters())
    tensors[kScheduleNames[tensors.size()]] = parameter.detach();
  return tensors;
}

TensorMap tensors_of_log_ratio(const torch::Tensor& log_ratio) { return {{kLogRatio, log_ratio.detach()}}; }

std::optional<MonotoneSchedule> schedule_in(const TensorMap& tensors, const ModelCard& card,
                                            const std::filesystem::path& path) {
  if (tensors.count(kScheduleNames[0]) == 0) return std::nullopt;
  std::vector<torch::Tensor> parameters;
  for (const char* name : kScheduleNames) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) fail(ExitCode::model, path, ": tensor '", name, "' is missing");
    parameters.push_back(found->second);
  }
  if (!MonotoneSchedule::fits(parameters))
    fail(ExitCode::model, path, ": the parameters of its learned noise schedule are damaged");
  return MonotoneSchedule(card.sigma_min, card.sigma_max, std::move(parameters));
}

std::optional<BandErrors> band_errors_in(const TensorMap& tensors, const ModelCard& card,
                                         const HaarPreconditioner& preconditioner, const std::filesystem::path& path) {
  const auto found = tensors.find(kLogRatio);
  if (found == tensors.end()) return std::nullopt;
  if (!BandErrors::fits(found->second)) fail(ExitCode::model, path, ": its learned variances are damaged");
  return BandErrors(card.sigma_min, card.sigma_max, found->second, preconditioner.band_variance());
}

BandErrors wiener_errors(const ModelCard& card, const HaarPreconditioner& preconditioner) {
  return {card.sigma_min, card.sigma_max, torch::zeros({BandErrors::kKnots, BandErrors::kBands}, torch::kDouble),
          preconditioner.band_variance()};
}

}  // namespace voxprior
