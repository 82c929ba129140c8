#include "pipeline/metrics/ssim.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/parallel.h"

namespace voxprior {
namespace {

constexpr int kRadius = 5;
constexpr int kTaps = 2 * kRadius + 1;
constexpr double kWindowSd = 1.5;  // voxels
constexpr double kK1 = 0.01, kK2 = 0.03;
constexpr int kFields = 5;  // smoothed side by side: x, y, x^2, y^2, x y

using Taps = std::array<float, kTaps>;

Taps gaussian_taps() {
  std::array<double, kTaps> weight;
  double sum = 0;
  for (int t = 0; t < kTaps; ++t) {
    const double d = (t - kRadius) / kWindowSd;
    sum += weight[t] = std::exp(-d * d / 2);
  }
  Taps taps;
  for (int t = 0; t < kTaps; ++t) taps[t] = static_cast<float>(weight[t] / sum);
  return taps;
}

/// The window around position `at` of an axis: the part inside [0, length), its weights normalised again.
struct Window {
  Window(const Taps& all, std::int64_t at, std::int64_t length)
      : first(std::max<std::int64_t>(at - kRadius, 0)), last(std::min(at + kRadius, length - 1)) {
    float sum = 0;
    for (std::int64_t s = first; s <= last; ++s) sum += all[s - at + kRadius];
    for (std::int64_t s = first; s <= last; ++s) taps[s - first] = all[s - at + kRadius] / sum;
  }
  std::int64_t first, last;
  Taps taps;
};

/// Pads a row with kRadius zeros on both sides, so that the inner loop has no ends: the gain restores the weights.
class RowSmoother {
 public:
  RowSmoother(const Taps& taps, std::int64_t length) : taps_(taps), padded_(length + 2 * kRadius), gain_(length) {
    for (std::int64_t i = 0; i < length; ++i) {
      const Window window(taps, i, length);
      gain_[i] = window.taps[0] / taps[window.first - i + kRadius];
    }
  }
  float* row() { return padded_.data() + kRadius; }
  void smooth(float* out) const {
    const std::int64_t length = static_cast<std::int64_t>(gain_.size());
    std::fill(out, out + length, 0.0f);
    for (int t = 0; t < kTaps; ++t)
      for (std::int64_t i = 0; i < length; ++i) out[i] += taps_[t] * padded_[i + t];
    for (std::int64_t i = 0; i < length; ++i) out[i] *= gain_[i];
  }

 private:
  Taps taps_;
  std::vector<float> padded_, gain_;
};

/// Two volumes and the constants of the formula. Values are taken relative to `centre`, which the variances do not feel
/// but their rounding does.
struct Pair {
  const float* x;
  const float* y;
  std::array<std::int64_t, 3> size;
  float centre, c1, c2;
  Taps taps = gaussian_taps();

  std::int64_t plane() const { return size[0] * size[1]; }
};

/// The five fields of plane k smoothed along i and j: [field][j][i].
void smooth_plane(const Pair& pair, std::int64_t k, RowSmoother& along_i, std::vector<float>& rows, float* out) {
  const std::int64_t ni = pair.size[0], nj = pair.size[1];
  for (int field = 0; field < kFields; ++field) {
    for (std::int64_t j = 0; j < nj; ++j) {
      const float* x = pair.x + k * pair.plane() + j * ni;
      const float* y = pair.y + k * pair.plane() + j * ni;
      const float* a = field == 1 || field == 3 ? y : x;
      const float* b = field == 2 ? x : y;
      float* row = along_i.row();
      if (field < 2)
        for (std::int64_t i = 0; i < ni; ++i) row[i] = a[i] - pair.centre;
      else
        for (std::int64_t i = 0; i < ni; ++i) row[i] = (a[i] - pair.centre) * (b[i] - pair.centre);
      along_i.smooth(rows.data() + j * ni);
    }
    for (std::int64_t j = 0; j < nj; ++j) {
      const Window window(pair.taps, j, nj);
      float* target = out + field * pair.plane() + j * ni;
      std::fill(target, target + ni, 0.0f);
      for (std::int64_t s = window.first; s <= window.last; ++s)
        for (std::int64_t i = 0; i < ni; ++i) target[i] += window.taps[s - window.first] * rows[s * ni + i];
    }
  }
}

/// Where results go, voxel by voxel; contrast_structure may be null.
struct Maps {
  float* ssim;
  float* contrast_structure;
};

/// The formula, from the smoothed fields of `count` voxels, `stride` apart field to field.
void combine(const Pair& pair, const float* fields, std::int64_t stride, std::int64_t count, float* ssim,
             float* contrast_structure) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float dx = fields[i], dy = fields[stride + i];
    const float vx = fields[2 * stride + i] - dx * dx, vy = fields[3 * stride + i] - dy * dy;
    const float vxy = fields[4 * stride + i] - dx * dy;
    const float mx = dx + pair.centre, my = dy + pair.centre;
    ssim[i] = (2 * mx * my + pair.c1) * (2 * vxy + pair.c2) / ((mx * mx + my * my + pair.c1) * (vx + vy + pair.c2));
    if (contrast_structure) contrast_structure[i] = (2 * vxy + pair.c2) / (vx + vy + pair.c2);
  }
}

/// SSIM of planes [begin, end): planes smoothed along i and j wait in a ring of 11 until the window along k is full.
void ssim_of_planes(const Pair& pair, std::int64_t begin, std::int64_t end, const Maps& maps) {
  const std::int64_t plane = pair.plane(), nk = pair.size[2], ni = pair.size[0];
  RowSmoother along_i(pair.taps, ni);
  std::vector<float> rows(plane), ring(kTaps * kFields * plane), fields(kFields * ni);
  std::int64_t next = std::max<std::int64_t>(begin - kRadius, 0);
  for (std::int64_t k = begin; k < end; ++k) {
    const Window window(pair.taps, k, nk);
    for (; next <= window.last; ++next)
      smooth_plane(pair, next, along_i, rows, ring.data() + next % kTaps * kFields * plane);
    for (std::int64_t j = 0; j < pair.size[1]; ++j) {
      std::fill(fields.begin(), fields.end(), 0.0f);
      for (int field = 0; field < kFields; ++field)
        for (std::int64_t s = window.first; s <= window.last; ++s) {
          const float* in = ring.data() + (s % kTaps * kFields + field) * plane + j * ni;
          float* out = fields.data() + field * ni;
          for (std::int64_t i = 0; i < ni; ++i) out[i] += window.taps[s - window.first] * in[i];
        }
      const std::int64_t row = k * plane + j * ni;
      combine(pair, fields.data(), ni, ni, maps.ssim + row,
              maps.contrast_structure ? maps.contrast_structure + row : nullptr);
    }
  }
}

double mean(const float* values, std::int64_t n) {
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += values[i];
  return sum / static_cast<double>(n);
}

void fill_maps(const float* x, const float* y, const std::array<std::int64_t, 3>& size, double peak, int threads,
               const Maps& maps) {
  if (!(peak > 0)) fail(ExitCode::input, "the data range must be positive, got ", peak);
  const Pair pair{x,
                  y,
                  size,
                  static_cast<float>(mean(x, size[0] * size[1] * size[2])),
                  static_cast<float>(kK1 * kK1 * peak * peak),
                  static_cast<float>(kK2 * kK2 * peak * peak)};
  for_slabs(static_cast<std::size_t>(size[2]), 2 * kTaps, threads, [&](std::size_t begin, std::size_t end) {
    ssim_of_planes(pair, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end), maps);
  });
}

}  // namespace

std::vector<float> ssim_map_3d(const float* reference, const float* test, std::array<std::int64_t, 3> size_ijk,
                               double peak, int threads) {
  std::vector<float> ssim(static_cast<std::size_t>(size_ijk[0] * size_ijk[1] * size_ijk[2]));
  fill_maps(reference, test, size_ijk, peak, threads, {ssim.data(), nullptr});
  return ssim;
}

SsimMeans ssim_means_3d(const float* reference, const float* test, std::array<std::int64_t, 3> size_ijk, double peak,
                        int threads) {
  const std::int64_t count = size_ijk[0] * size_ijk[1] * size_ijk[2];
  std::vector<float> ssim(static_cast<std::size_t>(count)), contrast_structure(ssim.size());
  fill_maps(reference, test, size_ijk, peak, threads, {ssim.data(), contrast_structure.data()});
  return {mean(ssim.data(), count), mean(contrast_structure.data(), count)};
}

Ssim ssim_3d(const float* reference, const float* test, std::array<std::int64_t, 3> size_ijk, double peak,
             const std::uint8_t* mask, int threads) {
  const std::vector<float> ssim = ssim_map_3d(reference, test, size_ijk, peak, threads);
  double sum = 0;
  std::int64_t voxels = 0;
  for (std::size_t i = 0; i < ssim.size(); ++i) {
    if (mask && !mask[i]) continue;
    sum += ssim[i];
    ++voxels;
  }
  if (voxels == 0) fail(ExitCode::input, "the mask holds no voxel: nothing to compare");
  return {sum / static_cast<double>(voxels), peak, voxels};
}

}  // namespace voxprior
