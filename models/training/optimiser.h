#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace voxprior {

/// A parameter with the name under which its state is stored.
struct NamedParameter {
  std::string name;
  torch::Tensor value;
};

/// All parameters of a module.
std::vector<NamedParameter> named_parameters(const torch::nn::Module& module);

/// Keeps the weights of a module out of graphs that are made during its life: of what judges another network.
class FixedWeights {
 public:
  explicit FixedWeights(const torch::nn::Module& module);
  ~FixedWeights();
  FixedWeights(const FixedWeights&) = delete;
  FixedWeights& operator=(const FixedWeights&) = delete;

 private:
  std::vector<torch::Tensor> weights_;
};

struct OptimiserSettings {
  bool muon = true;                                    ///< for convolution kernels; false: Adam for all
  double beta1 = 0.9, beta2 = 0.99;                    ///< of Adam
  torch::ScalarType muon_precision = torch::kFloat32;  ///< of the matrix products of Muon
};

/// Muon for convolution kernels, Adam for the rest. State is plain tensors, so that a run resumes bit for bit.
///
/// Muon (Jordan et al. 2024): the momentum of a weight, reshaped to [out, in*k*k*k], is replaced by its nearest
/// orthogonal matrix (five Newton-Schulz steps), scaled by 0.2 sqrt(max(rows, columns)) so that the update has Adam's
/// root mean square and one learning rate serves both (Liu et al. 2025, arXiv:2502.16982).
/// Adam: Kingma & Ba 2015.
class Optimiser {
 public:
  explicit Optimiser(std::vector<NamedParameter> parameters, const OptimiserSettings& settings = {});

  /// One update from the gradients accumulated in the parameters, which are cleared. Gradients are first scaled down to
  /// a global norm of `clip_norm`. Returns the norm before clipping; where that is not finite, nothing is updated.
  double step(double learning_rate, double clip_norm);

  /// The state by name; tensors are shared, not copied.
  std::map<std::string, torch::Tensor> state() const;
  /// Copies a state saved by state(); throws Error(ExitCode::model) when a tensor is missing or has another shape.
  void load_state(const std::map<std::string, torch::Tensor>& saved);

 private:
  struct Slot {
    NamedParameter parameter;
    bool orthogonal;              // Muon, else Adam
    torch::Tensor first, second;  // momentum; second moment (Adam only)
  };
  void muon(Slot& slot, double learning_rate);
  void adam(Slot& slot, double learning_rate);

  OptimiserSettings settings_;
  std::vector<Slot> slots_;
  torch::Tensor steps_;  // [1] int64, for Adam's bias correction
};

/// The orthogonal factor of a matrix, approximately: singular values land in 0.65 .. 1.2 (five quintic Newton-Schulz
/// steps, whose products are computed in `precision`; bfloat16 is enough for them, as in the original). float32.
torch::Tensor orthogonalise(const torch::Tensor& matrix, torch::ScalarType precision = torch::kFloat32);

}  // namespace voxprior
