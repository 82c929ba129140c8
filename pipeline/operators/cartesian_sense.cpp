#include "pipeline/operators/cartesian_sense.h"

#include <ATen/Parallel.h>
#include <torch/fft.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/parallel.h"
#include "pipeline/operators/centring_phase.h"

namespace voxprior {
namespace {

constexpr std::int64_t kPartElements = std::int64_t{1} << 19;  // 4 MB: stays in the cache, and malloc keeps it

/// Plain, unnormalised transform in place of a contiguous [D,H,W] on the CPU, a few planes at a time. In one go
/// LibTorch would take a new block of memory for every result, and clearing its pages costs a third of the time.
void transform_in_parts(torch::Tensor& image, const std::vector<std::int64_t>& axes) {
  using Element = c10::complex<float>;
  const std::int64_t depth = image.size(0), height = image.size(1), width = image.size(2);
  auto* const data = image.data_ptr<Element>();
  const bool along_depth = axes.front() == 0;
  const std::vector<std::int64_t> in_plane(axes.begin() + (along_depth ? 1 : 0), axes.end());
  const std::int64_t planes = std::max<std::int64_t>(1, kPartElements / (height * width));
  for (std::int64_t d = 0; d < depth && !in_plane.empty(); d += planes) {
    const std::int64_t count = std::min(planes, depth - d);
    const torch::Tensor part = torch::fft::fftn(image.narrow(0, d, count), {}, in_plane, "backward").contiguous();
    std::copy_n(part.data_ptr<Element>(), part.numel(), data + d * height * width);
  }
  const std::int64_t rows = std::max<std::int64_t>(1, kPartElements / (depth * width));
  for (std::int64_t h = 0; h < height && along_depth; h += rows) {
    const std::int64_t count = std::min(rows, height - h);
    const torch::Tensor part = torch::fft::fft(image.narrow(1, h, count), {}, 0, "backward").contiguous();
    for (std::int64_t d = 0; d < depth; ++d)
      std::copy_n(part.data_ptr<Element>() + d * count * width, count * width, data + (d * height + h) * width);
  }
}

/// Images of as many coils as there are threads, kept from one group of coils to the next. LibTorch's FFT runs in one
/// thread on the CPU; on other devices the coils take turns.
class CoilGroup {
 public:
  CoilGroup(const torch::Tensor& like, std::int64_t coils) {
    const std::int64_t threads = like.device().is_cpu() ? std::max(1, at::get_num_threads()) : 1;
    for (std::int64_t n = 0; n < std::min(coils, threads); ++n)
      images_.push_back(torch::empty(like.sizes(), like.options()));
  }
  std::int64_t size() const { return static_cast<std::int64_t>(images_.size()); }
  torch::Tensor& operator[](std::int64_t n) { return images_[static_cast<std::size_t>(n)]; }

  /// Plain, unnormalised transforms of the first `count` images.
  void transform(std::int64_t count, const std::vector<std::int64_t>& axes) {
    if (axes.empty()) return;
    for_slabs(static_cast<std::size_t>(count), 1, static_cast<int>(count), [&](std::size_t begin, std::size_t end) {
      const torch::NoGradGuard no_grad;  // of this thread
      for (std::size_t n = begin; n < end; ++n) {
        if (images_[n].device().is_cpu())
          transform_in_parts(images_[n], axes);
        else
          images_[n] = torch::fft::fftn(images_[n], {}, axes, "backward");
      }
    });
  }

 private:
  std::vector<torch::Tensor> images_;
};

/// conj(x) in place.
void conjugate(torch::Tensor& x) { torch::view_as_real(x).select(-1, 1).neg_(); }

bool is_constant_along(const torch::Tensor& mask, std::int64_t axis) {
  return torch::equal(mask, mask.narrow(axis, 0, 1).expand_as(mask));
}

}  // namespace

CartesianSense::CartesianSense(const torch::Tensor& maps, const torch::Tensor& mask, KspaceAxes axes) {
  TORCH_CHECK(maps.scalar_type() == torch::kComplexFloat, "coil maps must be complex64, got ", maps.dtype());
  TORCH_CHECK(mask.scalar_type() == torch::kBool, "a sampling mask must be bool, got ", mask.dtype());
  if (maps.dim() != 4 || maps.size(0) == 0 || mask.dim() != 3 || maps.sizes().slice(1) != mask.sizes())
    fail(ExitCode::input, "coil maps ", maps.sizes(), " and sampling mask ", mask.sizes(),
         " do not fit: maps must be [C,D,H,W] and the mask [D,H,W] with the same D, H and W");
  const torch::NoGradGuard no_grad;
  norm_bound_ = std::sqrt(maps.abs().square().sum(0).max().item().toDouble());
  for (std::int64_t axis = axes == KspaceAxes::volume ? 0 : 1; axis < 3; ++axis)
    if (mask.size(axis) > 1) axes_.push_back(axis);

  const CentringPhase phase = centring_phase(mask.sizes().vec(), axes_);
  maps_ = maps * phase.before.to(maps.device());
  sampled_ = phase.after.to(maps.device()) * mask;

  torch::Tensor narrowed = mask;
  double points = 1;
  for (const std::int64_t axis : axes_) {
    if (is_constant_along(mask, axis)) {
      narrowed = narrowed.narrow(axis, 0, 1);
    } else {
      normal_axes_.push_back(axis);
      points *= static_cast<double>(mask.size(axis));
    }
  }
  const torch::Tensor weight = narrowed.to(torch::kFloat) / points;
  signed_mask_ = torch::stack({weight, -weight}, -1);
}

torch::Tensor CartesianSense::forward(const torch::Tensor& x) const {
  TORCH_CHECK(x.sizes() == domain(), "expected an image ", domain(), ", got ", x.sizes());
  const torch::NoGradGuard no_grad;
  torch::Tensor y = torch::empty_like(maps_);
  CoilGroup group(maps_[0], maps_.size(0));
  for (std::int64_t first = 0; first < maps_.size(0); first += group.size()) {
    const std::int64_t count = std::min(group.size(), maps_.size(0) - first);
    for (std::int64_t n = 0; n < count; ++n) torch::mul_out(group[n], maps_[first + n], x);
    group.transform(count, axes_);
    for (std::int64_t n = 0; n < count; ++n) {
      torch::Tensor result = y[first + n];
      torch::mul_out(result, group[n], sampled_);
    }
  }
  return y;
}

// The inverse transform is the conjugate of the forward one of the conjugate, and so is the sum over the coils:
// conj(A^H y) = sum_c s_c fft(conj(y_c conj(sampled))).
torch::Tensor CartesianSense::adjoint(const torch::Tensor& y) const {
  TORCH_CHECK(y.sizes() == codomain(), "expected k-space ", codomain(), ", got ", y.sizes());
  const torch::NoGradGuard no_grad;
  torch::Tensor sum = torch::zeros_like(maps_[0]);
  const torch::Tensor conjugate_sampled = sampled_.conj().resolve_conj();
  CoilGroup group(maps_[0], maps_.size(0));
  for (std::int64_t first = 0; first < maps_.size(0); first += group.size()) {
    const std::int64_t count = std::min(group.size(), maps_.size(0) - first);
    for (std::int64_t n = 0; n < count; ++n) {
      torch::mul_out(group[n], y[first + n], conjugate_sampled);
      conjugate(group[n]);
    }
    group.transform(count, axes_);
    for (std::int64_t n = 0; n < count; ++n) sum.addcmul_(maps_[first + n], group[n]);
  }
  conjugate(sum);
  return sum;
}

torch::Tensor CartesianSense::normal(const torch::Tensor& x) const {
  TORCH_CHECK(x.sizes() == domain(), "expected an image ", domain(), ", got ", x.sizes());
  const torch::NoGradGuard no_grad;
  torch::Tensor sum = torch::zeros_like(maps_[0]);
  CoilGroup group(maps_[0], maps_.size(0));
  for (std::int64_t first = 0; first < maps_.size(0); first += group.size()) {
    const std::int64_t count = std::min(group.size(), maps_.size(0) - first);
    for (std::int64_t n = 0; n < count; ++n) torch::mul_out(group[n], maps_[first + n], x);
    group.transform(count, normal_axes_);
    for (std::int64_t n = 0; n < count; ++n) torch::view_as_real(group[n]).mul_(signed_mask_);  // and conjugate
    group.transform(count, normal_axes_);
    for (std::int64_t n = 0; n < count; ++n) sum.addcmul_(maps_[first + n], group[n]);
  }
  conjugate(sum);
  return sum;
}

}  // namespace voxprior
