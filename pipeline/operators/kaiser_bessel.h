#pragma once

#include <cstddef>
#include <vector>

namespace voxprior {

/// The interpolation kernel of gridding: I0(beta sqrt(1 - (2 u / w)^2)) / I0(beta) for |u| < w / 2 grid points, with
/// the beta that is best for the oversampling s:  beta = pi sqrt((w / s)^2 (s - 1/2)^2 - 0.8).
///
/// Beatty, Nishimura and Pauly, Rapid gridding reconstruction with a minimal oversampling ratio. IEEE Transactions on
/// Medical Imaging 24:799-808, 2005.
class KaiserBessel {
 public:
  KaiserBessel(int width, double oversampling);

  int width() const { return width_; }
  /// By linear interpolation in a table; relative error below 1e-6.
  float at(float distance) const {
    const float position = distance < 0 ? -distance * scale_ : distance * scale_;
    const auto index = static_cast<std::size_t>(position);
    if (index + 1 >= table_.size()) return 0;
    return table_[index] + (position - static_cast<float>(index)) * (table_[index + 1] - table_[index]);
  }
  /// The kernel's Fourier transform at `frequency` in cycles per grid point, by which gridding dims the image.
  double transform(double frequency) const;

 private:
  int width_;
  double beta_;
  float scale_;
  std::vector<float> table_;
};

/// I0, the modified Bessel function of the first kind of order 0, by its power series.
double bessel_i0(double x);

}  // namespace voxprior
