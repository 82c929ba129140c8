#pragma once

#include <torch/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "base/atomic_file.h"
#include "models/kind.h"
#include "models/network/unet.h"
#include "models/precondition.h"
#include "models/weights/model_card.h"
#include "models/weights/parameters.h"
#include "pipeline/likelihood/monotone_schedule.h"
#include "pipeline/samplers/band_errors.h"

namespace voxprior {

/// A trained network of any kind, as its file holds it. Its weights take no gradient; its input may.
struct NetworkFile {
  Unet network{nullptr};
  HaarPreconditioner preconditioner;
  ModelCard card;
  std::string sha256;                        ///< of the file
  std::optional<MonotoneSchedule> schedule;  ///< if it was trained with a learned noise schedule
  std::optional<BandErrors> band_errors;     ///< if the variance of the reverse steps was learned
};

/// Reads a file written by write_network() that holds a network of this kind. Executes nothing from it.
/// Throws Error(ExitCode::model) when it is missing, damaged, of another kind or of another architecture.
NetworkFile read_network(const std::filesystem::path& path, ModelKind kind, torch::Device device = torch::kCPU);

/// The widths of a network that is to be told this, too, and draws these labels or, if there are none, images.
UnetWidths widened(UnetWidths widths, const Conditioning& conditioning, const Labels& draws = {});

/// Writes weights and card as safetensors, with `more` tensors of what was learned beside the network.
/// `card.architecture` and the widths are filled in from the network. `type` is that of the weights: float16 takes
/// half the room and rounds them by up to 1/2048; reading gives float32 either way.
void write_network(const std::filesystem::path& path, const Unet& network, const HaarPreconditioner& preconditioner,
                   ModelCard card, Overwrite overwrite, const TensorMap& more = {},
                   torch::ScalarType type = torch::kFloat32);

/// D(x, sigma) of a network (or f(x, sigma), of a distilled one), told `condition` and, where it expects that, the
/// place in the volume. x [N,C,D,H,W], sigma [N]. A mask that is not told is all 0.
torch::Tensor denoise_with(Unet& network, const HaarPreconditioner& preconditioner, const torch::Tensor& x,
                           const torch::Tensor& sigma, torch::ScalarType body_type = torch::kFloat32,
                           const Condition& condition = {});

}  // namespace voxprior
