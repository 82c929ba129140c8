#include "models/training/optimiser.h"

#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr double kMomentum = 0.95, kEpsilon = 1e-8;

// The first and the last layer map few channels to many or back; Muon is for the square-ish ones between.
bool is_hidden_convolution(const torch::Tensor& weight) {
  return weight.dim() == 5 && weight.size(0) >= 16 && weight.size(1) >= 16;
}

}  // namespace

std::vector<NamedParameter> named_parameters(const torch::nn::Module& module) {
  std::vector<NamedParameter> parameters;
  for (const auto& item : module.named_parameters()) parameters.push_back({item.key(), item.value()});
  return parameters;
}

FixedWeights::FixedWeights(const torch::nn::Module& module) : weights_(module.parameters()) {
  for (torch::Tensor& weight : weights_) weight.requires_grad_(false);
}

FixedWeights::~FixedWeights() {
  for (torch::Tensor& weight : weights_) weight.requires_grad_(true);
}

torch::Tensor orthogonalise(const torch::Tensor& matrix, torch::ScalarType precision) {
  const bool tall = matrix.size(0) > matrix.size(1);
  torch::Tensor x = tall ? matrix.t() : matrix;
  x = (x / (x.norm() + 1e-7)).to(precision);
  for (int i = 0; i < 5; ++i) {
    const torch::Tensor a = x.mm(x.t());
    const torch::Tensor b = -4.7750 * a + 2.0315 * a.mm(a);
    x = 3.4445 * x + b.mm(x);
  }
  x = x.to(torch::kFloat32);
  return tall ? x.t() : x;
}

Optimiser::Optimiser(std::vector<NamedParameter> parameters, const OptimiserSettings& settings)
    : settings_(settings), steps_(torch::zeros({1}, torch::kLong)) {
  for (NamedParameter& p : parameters) {
    const bool orthogonal = settings.muon && is_hidden_convolution(p.value);
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
  if (!std::isfinite(norm)) return norm;
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
  slot.parameter.value.sub_(orthogonalise(nesterov, settings_.muon_precision).view_as(slot.first),
                            learning_rate * scale);
}

void Optimiser::adam(Slot& slot, double learning_rate) {
  const torch::Tensor& gradient = slot.parameter.value.grad();
  const auto t = static_cast<double>(steps_.item<std::int64_t>());
  const double beta1 = settings_.beta1, beta2 = settings_.beta2;
  slot.first.mul_(beta1).add_(gradient, 1 - beta1);
  slot.second.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
  const double correction = std::sqrt(1 - std::pow(beta2, t)) / (1 - std::pow(beta1, t));
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
