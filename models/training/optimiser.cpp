#include "models/training/optimiser.h"

#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr double kMomentum = 0.95, kBeta1 = 0.9, kBeta2 = 0.99, kEpsilon = 1e-8;

// The first and the last layer map few channels to many or back; Muon is for the square-ish ones between.
bool is_hidden_convolution(const torch::Tensor& weight) {
  return weight.dim() == 5 && weight.size(0) >= 16 && weight.size(1) >= 16;
}

}  // namespace

torch::Tensor orthogonalise(const torch::Tensor& matrix) {
  const bool tall = matrix.size(0) > matrix.size(1);
  torch::Tensor x = tall ? matrix.t() : matrix;
  x = x / (x.norm() + 1e-7);
  for (int i = 0; i < 5; ++i) {
    const torch::Tensor a = x.mm(x.t());
    const torch::Tensor b = -4.7750 * a + 2.0315 * a.mm(a);
    x = 3.4445 * x + b.mm(x);
  }
  return tall ? x.t() : x;
}

Optimiser::Optimiser(std::vector<NamedParameter> parameters) : steps_(torch::zeros({1}, torch::kLong)) {
  for (NamedParameter& p : parameters) {
    const bool orthogonal = is_hidden_convolution(p.value);
    slots_.push_back(
        {p, orthogonal, torch::zeros_like(p.value), orthogonal ? torch::Tensor() : torch::zeros_like(p.value)});
  }
}

double Optimiser::step(double learning_rate, double clip_norm) {
  const torch::NoGradGuard no_grad;
  torch::Tensor squares = torch::zeros({}, torch::kFloat64);
  for (const Slot& slot : slots_)
    if (slot.parameter.value.grad().defined())
      squares += slot.parameter.value.grad().square().sum().to(torch::kCPU, torch::kFloat64);
  const double norm = std::sqrt(squares.item<double>());
  if (!std::isfinite(norm))
    fail(ExitCode::bug, "training diverged: the gradient is not finite; resume with a lower learning_rate");

  const double shrink = norm > clip_norm ? clip_norm / norm : 1;
  steps_ += 1;
  for (Slot& slot : slots_) {
    torch::Tensor& gradient = slot.parameter.value.mutable_grad();
    if (!gradient.defined()) continue;
    gradient.mul_(shrink);
    slot.orthogonal ? muon(slot, learning_rate) : adam(slot, learning_rate);
    gradient.zero_();
  }
  return norm;
}

void Optimiser::muon(Slot& slot, double learning_rate) {
  const torch::Tensor& gradient = slot.parameter.value.grad();
  slot.first.mul_(kMomentum).add_(gradient);
  const torch::Tensor nesterov = (gradient + kMomentum * slot.first).flatten(1);
  const double scale = 0.2 * std::sqrt(static_cast<double>(std::max(nesterov.size(0), nesterov.size(1))));
  slot.parameter.value.sub_(orthogonalise(nesterov).view_as(slot.first), learning_rate * scale);
}

void Optimiser::adam(Slot& slot, double learning_rate) {
  const torch::Tensor& gradient = slot.parameter.value.grad();
  const auto t = static_cast<double>(steps_.item<std::int64_t>());
  slot.first.mul_(kBeta1).add_(gradient, 1 - kBeta1);
  slot.second.mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
  const double correction = std::sqrt(1 - std::pow(kBeta2, t)) / (1 - std::pow(kBeta1, t));
  slot.parameter.value.addcdiv_(slot.first, slot.second.sqrt().add_(kEpsilon), -learning_rate * correction);
}

std::map<std::string, torch::Tensor> Optimiser::state() const {
  std::map<std::string, torch::Tensor> out{{"steps", steps_}};
  for (const Slot& slot : slots_) {
    out["first." + slot.parameter.name] = slot.first;
    if (slot.second.defined()) out["second." + slot.parameter.name] = slot.second;
  }
  return out;
}

void Optimiser::load_state(const std::map<std::string, torch::Tensor>& saved) {
  const torch::NoGradGuard no_grad;
  for (auto& [name, tensor] : state()) {
    const auto found = saved.find(name);
    if (found == saved.end() || found->second.sizes() != tensor.sizes())
      fail(ExitCode::model, "checkpoint: optimiser state '", name,
           "' is missing or has another shape; it belongs to another configuration");
    torch::Tensor(tensor).copy_(found->second);
  }
}

}  // namespace voxprior
