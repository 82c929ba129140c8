#pragma once

#include <torch/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "models/network/unet.h"
#include "models/training/train_network.h"
#include "models/weights/model_card.h"

namespace voxprior {

/// A trained denoiser whose ODE a student learns to jump along.
struct Teacher {
  /// D(x, sigma): x [N,1,D,H,W], sigma [N] -> [N,1,D,H,W]. `body_type`: see models/precision.h.
  std::function<torch::Tensor(const torch::Tensor& x, const torch::Tensor& sigma, torch::ScalarType body_type)> denoise;
  Unet network{nullptr};      ///< whose weights the student starts from
  torch::Tensor feature_std;  ///< [9], of the preconditioner
  ModelCard card;
  std::string sha256;  ///< of the model file
  torch::Tensor mean;  ///< of the preconditioner; undefined for none
};

/// The card of a network that can be distilled: of kind diffusion or detail, unconditional, on images, and no student
/// itself. Throws Error(ExitCode::model) for another.
ModelCard read_teacher_card(const std::filesystem::path& path);

/// Reads such a network.
Teacher load_teacher(const std::filesystem::path& path, torch::Device device);

/// Consistency distillation (Song et al. 2023, arXiv:2303.01469, Algorithm 2): trains f(x, sigma), which takes a point
/// of the teacher's ODE path to the path's end at sigma_min in one call. f(x, sigma_min) = x by construction (see
/// HaarPreconditioner); elsewhere f must say the same at neighbouring points of a path:
///
///   minimise E |f(x_k, sigma_k) - f_target(x_k+1, sigma_k+1)|^2 / c_out(sigma_k)^2
///
/// where sigma_0 .. sigma_(levels-1) is a Karras schedule, x_k = clean + sigma_k n, x_k+1 comes of it by one Heun step
/// of the teacher, and f_target is an average of f over past steps. Student and teacher are one network: the student
/// starts from the teacher's weights and has the same shape.
///
/// The model file is of the teacher's kind with card.distilled set; sample_consistency() draws from it. Validation
/// compares its one call from sigma_max with the end of the teacher's path, by Heun over the same levels. Throws as
/// train_with() does, and Error(ExitCode::model) when the volumes are not on the teacher's grid.
void distil_network(const TrainingRun& run, const Teacher& teacher, std::vector<TrainingVolume> training,
                    const std::vector<TrainingVolume>& validation, const TrainingObserver& observer);

/// x_to of x_from by one step of Heun's method along the ODE of D, from another level to another for each sample:
/// x [N,1,D,H,W], from and to [N], 0 < to < from. Karras et al. 2022, Algorithm 1.
torch::Tensor teacher_step(const Teacher& teacher, const torch::Tensor& x, const torch::Tensor& from,
                           const torch::Tensor& to, torch::ScalarType body_type = torch::kFloat32);

}  // namespace voxprior
