#include "pipeline/reconstruction/normalised_problem.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "pipeline/intensity/normalise.h"
#include "pipeline/operators/operator_norm.h"
#include "pipeline/reconstruction/conjugate_gradients.h"
#include "pipeline/reconstruction/norms.h"

namespace voxprior {
namespace {

constexpr int kStartIterations = 6;        // of CG: enough for the scale and the phase, too few to amplify noise
constexpr int kNormIterations = 30;        // of power iteration
constexpr double kNormSafety = 1.02;       // it approaches the norm from below
constexpr double kPhaseFraction = 1. / 4;  // of k-space, along each axis, that the phase of an image is taken from

/// gain A, where gain is real and broadcasts to the codomain.
class Rescaled final : public LinearOperator {
 public:
  Rescaled(std::shared_ptr<const LinearOperator> a, torch::Tensor gain) : a_(std::move(a)), gain_(std::move(gain)) {}

  torch::Tensor forward(const torch::Tensor& x) const override { return a_->forward(x) * gain_; }
  torch::Tensor adjoint(const torch::Tensor& y) const override { return a_->adjoint(y * gain_); }
  std::vector<std::int64_t> domain() const override { return a_->domain(); }
  std::vector<std::int64_t> codomain() const override { return a_->codomain(); }

 private:
  std::shared_ptr<const LinearOperator> a_;
  torch::Tensor gain_;
};

/// A / norm.
class Divided final : public LinearOperator {
 public:
  Divided(std::shared_ptr<const LinearOperator> a, double norm) : a_(std::move(a)), norm_(norm) {}

  torch::Tensor forward(const torch::Tensor& x) const override { return a_->forward(x) / norm_; }
  torch::Tensor adjoint(const torch::Tensor& y) const override { return a_->adjoint(y) / norm_; }
  torch::Tensor normal(const torch::Tensor& x) const override { return a_->normal(x) / (norm_ * norm_); }
  torch::Tensor solve_normal(const torch::Tensor& b, double rho) const override {
    const torch::Tensor x = a_->solve_normal(b, rho * norm_ * norm_);
    return x.defined() ? x * (norm_ * norm_) : x;
  }
  double norm_bound() const override { return a_->norm_bound() / norm_; }
  std::vector<std::int64_t> domain() const override { return a_->domain(); }
  std::vector<std::int64_t> codomain() const override { return a_->codomain(); }

 private:
  std::shared_ptr<const LinearOperator> a_;
  double norm_;
};

bool all_finite(const torch::Tensor& x) { return torch::isfinite(x.abs().sum(torch::kDouble)).item().toBool(); }

void check(const ReconstructionProblem& problem) {
  TORCH_CHECK(problem.a && problem.y.defined(), "a problem needs an operator and data");
  TORCH_CHECK(problem.a->domain().size() == 3, "reconstructed images are [D,H,W], not ", problem.a->domain());
  TORCH_CHECK(problem.noise >= 0 && problem.unit >= 0, "noise and unit are not negative");
  if (problem.y.sizes() != torch::IntArrayRef(problem.a->codomain()))
    fail(ExitCode::input, "the data are ", problem.y.sizes(), ", and the geometry that was given measures ",
         torch::IntArrayRef(problem.a->codomain()));
  if (!all_finite(problem.y)) fail(ExitCode::input, "the data hold values that are not finite numbers");
  if (problem.weights.defined() && (!all_finite(problem.weights) || problem.weights.min().item().toDouble() < 0))
    fail(ExitCode::input, "weights of the data must be finite and not negative");
  if (problem.start.defined())
    TORCH_CHECK(problem.start.sizes() == torch::IntArrayRef(problem.a->domain()), "the start is ",
                problem.start.sizes());
}

double scale_of(const torch::Tensor& image) {
  const torch::Tensor magnitude = image.abs().to(torch::kFloat32).to(torch::kCPU).contiguous();
  return foreground_scale(magnitude.data_ptr<float>(), static_cast<std::size_t>(magnitude.numel()));
}

}  // namespace

NormalisedProblem normalise(const ReconstructionProblem& problem) {
  check(problem);
  const torch::NoGradGuard no_grad;
  std::shared_ptr<const LinearOperator> weighted = problem.a;
  torch::Tensor y = problem.y;
  if (problem.weights.defined()) {
    const torch::Tensor gain = problem.weights.sqrt();
    weighted = std::make_shared<Rescaled>(problem.a, gain);
    y = y * gain;
  }
  const double size = std::sqrt(squared_norm(y));
  if (!(size > 0)) fail(ExitCode::input, "the data are all 0");

  const torch::Tensor back = weighted->adjoint(y);
  double norm = weighted->norm_bound();
  if (norm == 0) norm = kNormSafety * operator_norm(*weighted, kNormIterations, back.options());
  if (!(norm > 0)) fail(ExitCode::input, "nothing of the image is measured: the operator is 0");

  NormalisedProblem normalised;
  normalised.a = std::make_shared<Divided>(weighted, norm);
  const LinearOperator& a = *normalised.a;
  torch::Tensor start = problem.start;
  if (!start.defined()) {
    // y is brought to size 1 first: float32 has no room for squares of very large or very small numbers.
    const torch::Tensor b = back / (norm * size);
    start = conjugate_gradients(a, 0, b, torch::zeros_like(b), kStartIterations, 0) * (size / norm);
  }
  normalised.unit = problem.unit > 0 ? problem.unit : scale_of(start);
  if (!(normalised.unit > 0)) fail(ExitCode::input, "the data hold no image: no voxel is above 0");

  const double scale = 1 / (norm * normalised.unit);
  normalised.y = y * scale;
  normalised.aty = a.adjoint(normalised.y);
  normalised.start = (start / normalised.unit).to(back.scalar_type());
  normalised.noise = std::max(kNoiseFloor, problem.noise * scale);
  normalised.noise_known = problem.noise * scale >= kNoiseFloor;
  normalised.sigma_min = problem.sigma_min;
  normalised.sigma_max = problem.sigma_max;
  if (problem.denoise)
    normalised.denoise =
        back.is_complex()
            ? complex_image_denoiser(problem.denoise, low_resolution_phase(normalised.start, kPhaseFraction))
            : real_image_denoiser(problem.denoise);
  return normalised;
}

}  // namespace voxprior
