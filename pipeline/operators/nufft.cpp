#include "pipeline/operators/nufft.h"

#include <ATen/Parallel.h>
#include <torch/fft.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/error.h"
#include "base/parallel.h"
#include "pipeline/core/vectorised.h"
#include "pipeline/operators/fast_size.h"

namespace voxprior {
namespace {

constexpr int kWidest = 16;
using Complex = c10::complex<float>;

/// Weights of the cells that a sample touches along one axis: one cell along an axis of length 1.
struct Weights {
  Weights(const KaiserBessel& kernel, float beyond_first, bool is_flat) {
    if (is_flat) return;
    count = kernel.width();
    for (int i = 0; i < count; ++i) of_cell[i] = kernel.at(beyond_first - static_cast<float>(i));
  }
  int count = 1;
  float of_cell[kWidest] = {1};
};

/// The first index in [0, count) for which `is_before` does not hold; it holds for all before.
template <typename IsBefore>
std::size_t first_not(std::size_t count, const IsBefore& is_before) {
  std::size_t low = 0, high = count;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (is_before(middle))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/// Grid with an apron: [G_D, G_H, G_W], row by row.
struct Grid {
  std::array<std::int64_t, 3> size;
  std::int64_t at(std::int64_t d, std::int64_t h, std::int64_t w) const { return (d * size[1] + h) * size[2] + w; }
};

VOXPRIOR_AVX2_TOO void gather(const float* row, const float* weight, int count, float factor, float* sum) {
  float re = 0, im = 0;
  for (int i = 0; i < count; ++i) {
    re += weight[i] * row[2 * i];
    im += weight[i] * row[2 * i + 1];
  }
  sum[0] += factor * re;
  sum[1] += factor * im;
}

VOXPRIOR_AVX2_TOO void scatter(float* row, const float* weight, int count, float re, float im) {
  for (int i = 0; i < count; ++i) {
    row[2 * i] += weight[i] * re;
    row[2 * i + 1] += weight[i] * im;
  }
}

}  // namespace

Nufft::Nufft(std::array<std::int64_t, 3> sizes, const torch::Tensor& positions_anywhere, const NufftOptions& options)
    : sizes_(sizes), count_(0), kernel_(options.width, options.oversampling) {
  TORCH_CHECK(
      options.oversampling >= 1.125 && options.oversampling <= 4 && options.width >= 2 && options.width <= kWidest,
      "gridding takes an oversampling of 1.125 to 4 and a width of 2 to ", kWidest, ", got ", options.oversampling,
      " and ", options.width);
  const torch::Tensor positions = positions_anywhere.cpu().contiguous();
  if (positions.dim() != 2 || positions.size(1) != 3 || positions.size(0) == 0)
    fail(ExitCode::input, "positions in k-space must be [M,3] along D, H and W, got ", positions.sizes());
  TORCH_CHECK(positions.scalar_type() == torch::kFloat, "positions must be float32, got ", positions.dtype());
  count_ = positions.size(0);

  const torch::NoGradGuard no_grad;
  torch::Tensor gain = torch::ones({1, 1, 1}, torch::kDouble);
  for (std::size_t a = 0; a < 3; ++a) {
    const std::int64_t size = sizes_[a];
    grid_[a] = size == 1 ? 1
                         : fast_size(std::max<std::int64_t>(
                               static_cast<std::int64_t>(std::ceil(options.oversampling * static_cast<double>(size))),
                               options.width));
    apron_[a] = size == 1 ? 0 : options.width;
    if (size == 1) continue;
    std::vector<std::int64_t> along{1, 1, 1};
    along[a] = size;
    const torch::Tensor of_axis = torch::empty({size}, torch::kDouble);
    for (std::int64_t n = 0; n < size; ++n)
      of_axis[n] = 1 / kernel_.transform(static_cast<double>(n - size / 2) / static_cast<double>(grid_[a])) /
                   std::sqrt(static_cast<double>(size));
    gain = gain * of_axis.reshape(along);
  }
  gain_ = gain.to(torch::kFloat);

  const float* k = positions.data_ptr<float>();
  places_.resize(static_cast<std::size_t>(count_));
  for (std::int64_t m = 0; m < count_; ++m) {
    Place& place = places_[static_cast<std::size_t>(m)];
    place.sample = m;
    for (std::size_t a = 0; a < 3; ++a) {
      const double position = k[3 * m + static_cast<std::int64_t>(a)], size = static_cast<double>(grid_[a]);
      if (!std::isfinite(position)) fail(ExitCode::input, "position ", m, " in k-space is not a finite number");
      place.first[a] = 0, place.beyond_first[a] = 0;
      if (sizes_[a] == 1) continue;
      const double limit = 0.5 * static_cast<double>(sizes_[a]);
      if (std::abs(position) > 1.001 * limit)
        fail(ExitCode::input, "position ", m, " in k-space is ", position, " cycles per field of view, beyond the ",
             limit, " that ", sizes_[a], " voxels resolve");
      // Modulo the grid, so that the first cell is in 0 .. grid.
      const double on_grid = position * size / static_cast<double>(sizes_[a]), half = 0.5 * options.width;
      const double wrapped = on_grid - size * std::floor((on_grid - half) / size);
      const double first = std::ceil(wrapped - half);
      place.first[a] = static_cast<std::int32_t>(first);
      place.beyond_first[a] = static_cast<float>(wrapped - first);
    }
  }
  std::stable_sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) {
    return a.first[0] != b.first[0] ? a.first[0] < b.first[0] : a.first[1] < b.first[1];
  });
}

/// Image times gain in a grid of zeros, its centre at index 0: position n - c goes to (n - c) modulo G.
torch::Tensor Nufft::padded(const torch::Tensor& x) const {
  torch::Tensor grid =
      torch::constant_pad_nd(x * gain_, {0, grid_[2] - sizes_[2], 0, grid_[1] - sizes_[1], 0, grid_[0] - sizes_[0]});
  return torch::roll(grid, {-(sizes_[0] / 2), -(sizes_[1] / 2), -(sizes_[2] / 2)}, {0, 1, 2});
}

torch::Tensor Nufft::cropped(const torch::Tensor& grid) const {
  const torch::Tensor rolled = torch::roll(grid, {sizes_[0] / 2, sizes_[1] / 2, sizes_[2] / 2}, {0, 1, 2});
  return rolled.narrow(0, 0, sizes_[0]).narrow(1, 0, sizes_[1]).narrow(2, 0, sizes_[2]) * gain_;
}

torch::Tensor Nufft::forward(const torch::Tensor& x) const {
  TORCH_CHECK(x.sizes() == domain() && x.is_complex(), "expected a complex image ", domain(), ", got ", x.dtype(), " ",
              x.sizes());
  const torch::NoGradGuard no_grad;
  torch::Tensor grid = torch::fft::fftn(padded(x.cpu().to(torch::kComplexFloat)), {}, c10::IntArrayRef{0, 1, 2});
  for (std::int64_t a = 0; a < 3; ++a)  // repeated beyond its end
    if (apron_[static_cast<std::size_t>(a)] > 0)
      grid = torch::cat({grid, grid.narrow(a, 0, apron_[static_cast<std::size_t>(a)])}, a);
  grid = grid.contiguous();

  const Grid layout{{grid.size(0), grid.size(1), grid.size(2)}};
  const torch::Tensor y = torch::empty({count_}, torch::kComplexFloat);
  const auto* from = reinterpret_cast<const float*>(grid.data_ptr<Complex>());
  Complex* to = y.data_ptr<Complex>();
  for_slabs(places_.size(), 1024, at::get_num_threads(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const Place& place = places_[i];
      const Weights d(kernel_, place.beyond_first[0], sizes_[0] == 1),
          h(kernel_, place.beyond_first[1], sizes_[1] == 1), w(kernel_, place.beyond_first[2], sizes_[2] == 1);
      float sum[2] = {0, 0};
      for (int a = 0; a < d.count; ++a)
        for (int b = 0; b < h.count; ++b)
          gather(from + 2 * layout.at(place.first[0] + a, place.first[1] + b, place.first[2]), w.of_cell, w.count,
                 d.of_cell[a] * h.of_cell[b], sum);
      to[place.sample] = Complex(sum[0], sum[1]);
    }
  });
  return y.to(x.device());
}

torch::Tensor Nufft::adjoint(const torch::Tensor& y) const {
  TORCH_CHECK(y.sizes() == codomain() && y.is_complex(), "expected ", count_, " complex samples, got ", y.dtype(), " ",
              y.sizes());
  const torch::NoGradGuard no_grad;
  const torch::Tensor samples = y.cpu().to(torch::kComplexFloat).contiguous();
  torch::Tensor grid =
      torch::zeros({grid_[0] + apron_[0], grid_[1] + apron_[1], grid_[2] + apron_[2]}, torch::kComplexFloat);
  const Grid layout{{grid.size(0), grid.size(1), grid.size(2)}};
  const Complex* from = samples.data_ptr<Complex>();
  auto* to = reinterpret_cast<float*>(grid.data_ptr<Complex>());

  // Threads own planes of the grid, or rows of a single slice. A sample touches as many as the kernel is wide; every
  // thread goes through the samples that may touch its own, in the order in which they are sorted.
  const std::size_t axis = sizes_[0] > 1 ? 0 : 1;
  const int touched = sizes_[axis] > 1 ? kernel_.width() : 1;
  for_slabs(
      static_cast<std::size_t>(layout.size[axis]), 8, at::get_num_threads(), [&](std::size_t begin, std::size_t end) {
        const auto low = static_cast<std::int64_t>(begin), high = static_cast<std::int64_t>(end);
        const auto is_owned = [&](std::int64_t cell) { return cell >= low && cell < high; };
        const std::size_t first =
            first_not(places_.size(), [&](std::size_t i) { return places_[i].first[axis] + touched <= low; });
        const std::size_t last =
            first_not(places_.size(), [&](std::size_t i) { return places_[i].first[axis] < high; });
        for (std::size_t i = first; i < last; ++i) {
          const Place& place = places_[i];
          const Weights d(kernel_, place.beyond_first[0], sizes_[0] == 1),
              h(kernel_, place.beyond_first[1], sizes_[1] == 1), w(kernel_, place.beyond_first[2], sizes_[2] == 1);
          const Complex value = from[place.sample];
          for (int a = 0; a < d.count; ++a)
            for (int b = 0; b < h.count; ++b) {
              if (!is_owned(axis == 0 ? place.first[0] + a : place.first[1] + b)) continue;
              const float factor = d.of_cell[a] * h.of_cell[b];
              scatter(to + 2 * layout.at(place.first[0] + a, place.first[1] + b, place.first[2]), w.of_cell, w.count,
                      factor * value.real(), factor * value.imag());
            }
        }
      });

  for (std::int64_t a = 0; a < 3; ++a) {  // what lies beyond the end belongs to the beginning
    const std::int64_t apron = apron_[static_cast<std::size_t>(a)], size = grid_[static_cast<std::size_t>(a)];
    if (apron == 0) continue;
    grid.narrow(a, 0, apron).add_(grid.narrow(a, size, apron));
    grid = grid.narrow(a, 0, size);
  }
  const torch::Tensor image = torch::fft::ifftn(grid, {}, c10::IntArrayRef{0, 1, 2}, "forward");  // unnormalised
  return cropped(image).to(y.device());
}

}  // namespace voxprior
