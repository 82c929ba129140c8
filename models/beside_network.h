#pragma once

#include <filesystem>
#include <optional>

#include "models/precondition.h"
#include "models/weights/model_card.h"
#include "models/weights/parameters.h"
#include "pipeline/likelihood/monotone_schedule.h"
#include "pipeline/samplers/band_errors.h"

namespace voxprior {

// What is learned beside a network, as tensors of its model file.

/// The parameters of a schedule by the names that they have in a file; shared, not copied.
TensorMap tensors_of(const MonotoneSchedule& schedule);

/// The log ratios of BandErrors by their name; what else they are made of is the preconditioner's.
TensorMap tensors_of_log_ratio(const torch::Tensor& log_ratio);

/// What the tensors of the file `path` hold; nothing for a network that was trained without. Throws
/// Error(ExitCode::model) for damaged ones.
std::optional<MonotoneSchedule> schedule_in(const TensorMap& tensors, const ModelCard& card,
                                            const std::filesystem::path& path);
std::optional<BandErrors> band_errors_in(const TensorMap& tensors, const ModelCard& card,
                                         const HaarPreconditioner& preconditioner, const std::filesystem::path& path);

/// Those of the band-wise Wiener filter, for a network that has learned none.
BandErrors wiener_errors(const ModelCard& card, const HaarPreconditioner& preconditioner);

}  // namespace voxprior
