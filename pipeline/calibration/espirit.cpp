#include "pipeline/calibration/espirit.h"

#include <ATen/Parallel.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "pipeline/calibration/largest_eigenvector.h"

namespace voxprior {
namespace {

using Sizes = std::array<std::int64_t, 3>;

/// The middle of each axis, around N/2.
torch::Tensor middle(const torch::Tensor& kspace, const Sizes& size) {
  torch::Tensor part = kspace;
  for (std::int64_t axis = 0; axis < 3; ++axis) {
    const std::int64_t count = size[static_cast<std::size_t>(axis)];
    part = part.narrow(axis + 1, kspace.size(axis + 1) / 2 - count / 2, count);
  }
  return part.contiguous();
}

/// All neighbourhoods of the calibration data as rows, [n, C * kernel]; their Gram matrix.
torch::Tensor gram_of_neighbourhoods(const torch::Tensor& data, const Sizes& kernel) {
  const torch::Tensor all = data.unfold(1, kernel[0], 1).unfold(2, kernel[1], 1).unfold(3, kernel[2], 1);
  const std::int64_t width = data.size(0) * kernel[0] * kernel[1] * kernel[2];
  const torch::Tensor rows = all.permute({1, 2, 3, 0, 4, 5, 6}).reshape({-1, width});
  return torch::mm(rows.conj().t().resolve_conj(), rows);
}

/// The projection on the span of the neighbourhoods, [C k, C k]: V V^H of the eigenvectors above the threshold.
torch::Tensor projection_on_signal(const torch::Tensor& gram, double singular_threshold) {
  const auto [values, vectors] = torch::linalg_eigh(gram, "L");  // ascending squares of singular values
  const double largest = values[-1].item().toDouble();
  if (!(largest > 0)) fail(ExitCode::input, "the calibration region of k-space holds no signal");
  const std::int64_t noise = (values < largest * singular_threshold * singular_threshold).sum().item().toLong();
  const torch::Tensor signal = vectors.narrow(1, noise, values.size(0) - noise);
  // Conjugated: a row of the calibration matrix times V is zero outside the signal, and rows are not conjugated.
  return torch::mm(signal, signal.conj().t().resolve_conj()).conj().resolve_conj().contiguous();
}

/// The convolution that averages the projections of all neighbourhoods: weights [C, C, 2 kD - 1, 2 kH - 1, 2 kW - 1]
/// with (W y)_c(k) = sum_c' sum_d w[c, c', d] y_c'(k + d), d = 0 in the middle.
torch::Tensor averaging_kernel(const torch::Tensor& projection, std::int64_t coils, const Sizes& kernel) {
  const Sizes reach{2 * kernel[0] - 1, 2 * kernel[1] - 1, 2 * kernel[2] - 1};
  const torch::Tensor sum = torch::zeros({coils, coils, reach[0], reach[1], reach[2]}, torch::kComplexFloat);
  const std::int64_t positions = kernel[0] * kernel[1] * kernel[2];
  const auto* from = reinterpret_cast<const std::complex<float>*>(projection.data_ptr<c10::complex<float>>());
  auto* to = reinterpret_cast<std::complex<float>*>(sum.data_ptr<c10::complex<float>>());
  const auto at = [&](std::int64_t p) {
    return Sizes{p / (kernel[1] * kernel[2]), p / kernel[2] % kernel[1], p % kernel[2]};
  };
  const std::int64_t shifts = reach[0] * reach[1] * reach[2], width = coils * positions;
  for (std::int64_t c = 0; c < coils; ++c)
    for (std::int64_t p = 0; p < positions; ++p)
      for (std::int64_t d = 0; d < coils; ++d)
        for (std::int64_t q = 0; q < positions; ++q) {
          const Sizes a = at(p), b = at(q);
          const std::int64_t shift =
              ((b[0] - a[0] + kernel[0] - 1) * reach[1] + b[1] - a[1] + kernel[1] - 1) * reach[2] + b[2] - a[2] +
              kernel[2] - 1;
          to[(c * coils + d) * shifts + shift] += from[(c * positions + p) * width + d * positions + q];
        }
  return sum / static_cast<double>(positions);
}

/// e^{-2 pi i d (n - N/2) / N} for the shifts d = -(k - 1) .. k - 1: [N, 2 k - 1].
torch::Tensor shift_phases(std::int64_t size, std::int64_t kernel) {
  const torch::Tensor n = torch::arange(size, torch::kDouble) - static_cast<double>(size / 2);
  const torch::Tensor d = torch::arange(2 * kernel - 1, torch::kDouble) - static_cast<double>(kernel - 1);
  const torch::Tensor angle = torch::outer(n, d) * (-2 * std::acos(-1.0) / static_cast<double>(size));
  return torch::polar(torch::ones_like(angle), angle).to(torch::kComplexFloat);
}

/// The strongest combination of the coils in the calibration data: [C].
torch::Tensor reference_coil(const torch::Tensor& data) {
  const torch::Tensor rows = data.reshape({data.size(0), -1});
  const auto [values, vectors] = torch::linalg_eigh(torch::mm(rows, rows.conj().t().resolve_conj()), "L");
  return vectors.select(1, data.size(0) - 1).contiguous();
}

Sizes kernel_of(const torch::Tensor& kspace, const EspiritOptions& options) {
  const bool volume = kspace.size(1) > 1 && kspace.size(2) > 1 && kspace.size(3) > 1;
  Sizes kernel{};
  for (std::size_t a = 0; a < 3; ++a)
    kernel[a] = kspace.size(static_cast<std::int64_t>(a) + 1) == 1 ? 1
                : volume                                           ? std::min<std::int64_t>(options.kernel, 5)
                                                                   : options.kernel;
  return kernel;
}

}  // namespace

EspiritMaps espirit(const torch::Tensor& kspace_anywhere, const Sizes& region, const EspiritOptions& options) {
  TORCH_CHECK(kspace_anywhere.dim() == 4 && kspace_anywhere.scalar_type() == torch::kComplexFloat,
              "expected complex64 k-space [C,D,H,W], got ", kspace_anywhere.dtype(), " ", kspace_anywhere.sizes());
  const torch::NoGradGuard no_grad;
  const torch::Tensor kspace = kspace_anywhere.cpu();
  const std::int64_t coils = kspace.size(0), depth = kspace.size(1), height = kspace.size(2), width = kspace.size(3);
  const Sizes kernel = kernel_of(kspace, options);
  Sizes size{};
  for (std::size_t a = 0; a < 3; ++a) {
    size[a] = std::min({region[a], options.largest_region, kspace.size(static_cast<std::int64_t>(a) + 1)});
    if (size[a] < kernel[a] + (kernel[a] > 1 ? 1 : 0))
      fail(ExitCode::input, "the calibration region of k-space, ", region[0], " x ", region[1], " x ", region[2],
           " positions, is not larger than the kernel of ", kernel[0], " x ", kernel[1], " x ", kernel[2]);
  }
  const torch::Tensor data = middle(kspace, size);
  if (!torch::isfinite(torch::view_as_real(data)).all().item().toBool())
    fail(ExitCode::input, "the calibration region of k-space holds values that are not numbers");
  const std::int64_t missing = (data.abs().sum(0) == 0).sum().item().toLong();
  if (missing > 0)
    fail(ExitCode::input, missing, " of the ", data[0].numel(),
         " positions in the middle of k-space that are to calibrate "
         "the coils were not sampled");

  const torch::Tensor weights = averaging_kernel(
      projection_on_signal(gram_of_neighbourhoods(data, kernel), options.singular_threshold), coils, kernel);
  // Hermitian: the pairs c >= d are enough.
  const torch::Tensor lower = torch::tril_indices(coils, coils);
  const torch::Tensor pairs = weights.index({lower[0], lower[1]});  // [P, 2kD-1, 2kH-1, 2kW-1]
  const torch::Tensor along_d = shift_phases(depth, kernel[0]), along_h = shift_phases(height, kernel[1]),
                      along_w = shift_phases(width, kernel[2]).t().contiguous();
  const torch::Tensor reference = reference_coil(data);

  EspiritMaps result{torch::empty_like(kspace), torch::empty({depth, height, width})};
  for (std::int64_t k = 0; k < depth; ++k) {
    // The matrices of one slice, [P, H, W]: the transform along D, then W, then H, each a small matrix product.
    const torch::Tensor here = torch::einsum("d,pdhw->phw", {along_d[k], pairs}).contiguous();
    const torch::Tensor matrices = torch::matmul(along_h, torch::matmul(here, along_w)).contiguous();
    const LargestEigenvectors found =
        largest_eigenvectors(matrices.view({-1, height * width}), reference, options.iterations);
    const torch::Tensor values = found.values.view({height, width});
    const torch::Tensor object = values >= options.eigenvalue_threshold;
    result.maps.select(1, k).copy_(found.vectors.view({coils, height, width}) * object);
    result.eigenvalues[k].copy_(values);
  }
  result.maps = result.maps.to(kspace_anywhere.device());
  result.eigenvalues = result.eigenvalues.to(kspace_anywhere.device());
  return result;
}

}  // namespace voxprior
