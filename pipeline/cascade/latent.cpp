#include "pipeline/cascade/latent.h"

#include <algorithm>
#include <cmath>

#include "pipeline/samplers/encode.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {
namespace {

const double kMeanGain = 2 * std::sqrt(2.);  // of the LLL band over the mean of a block

// Levels cost in proportion to their voxels times their steps; the share of each, coarse first.
std::vector<double> shares_of(const Cascade& cascade) {
  std::vector<double> work{static_cast<double>(cascade.coarse.sigmas.size())};
  for (std::size_t i = 0; i < cascade.octaves.size(); ++i)
    work.push_back(static_cast<double>(cascade.octaves[i].sigmas.size()) * std::pow(8., static_cast<double>(i + 1)));
  double sum = 0;
  for (const double w : work) sum += w;
  for (double& w : work) w /= sum;
  return work;
}

// Tells `all` of the progress of one level after the other.
class LevelProgress {
 public:
  LevelProgress(const Cascade& cascade, const Progress& all) : shares_(shares_of(cascade)), all_(all) {}

  Progress of(std::size_t level) const {
    double before = 0;
    for (std::size_t i = 0; i < level; ++i) before += shares_[i];
    return [this, before, level](double fraction) {
      if (all_) all_(before + shares_[level] * fraction);
    };
  }

 private:
  std::vector<double> shares_;
  const Progress& all_;
};

void check_size(const Cascade& cascade, const torch::Tensor& x) {
  for (std::int64_t axis = 0; axis < 3; ++axis)
    TORCH_CHECK(x.dim() == 5 && x.size(axis + 2) == cascade.coarse_size[axis] << cascade.octaves.size(),
                "the volume is not on the grid of the cascade");
}

}  // namespace

torch::Tensor encode_volume(const Cascade& cascade, const torch::Tensor& volume, const Progress& progress) {
  check_size(cascade, volume);
  const LevelProgress levels(cascade, progress);
  const std::vector<torch::Tensor> pyramid = pyramid_of(volume, cascade.octaves.size());
  const CascadeLevel& coarse = cascade.coarse;
  torch::Tensor latent = encode(coarse.denoise, pyramid[0], coarse.sigmas, levels.of(0)) / coarse.sigmas.front();
  for (std::size_t i = 0; i < cascade.octaves.size(); ++i) {
    const CascadeLevel& octave = cascade.octaves[i];
    const torch::Tensor noisy =
        encode(given_coarse(octave.denoise, pyramid[i]), pyramid[i + 1], octave.sigmas, levels.of(i + 1));
    latent = with_block_means(noisy / octave.sigmas.front(), latent / kMeanGain);
  }
  return latent;
}

torch::Tensor decode_latent(const Cascade& cascade, const torch::Tensor& latent, const Progress& progress) {
  check_size(cascade, latent);
  const LevelProgress levels(cascade, progress);
  std::vector<torch::Tensor> pyramid = pyramid_of(latent, cascade.octaves.size());
  for (std::size_t i = 0; i < pyramid.size(); ++i)  // means back to bands, level by level
    pyramid[i] = pyramid[i] * std::pow(kMeanGain, static_cast<double>(pyramid.size() - 1 - i));

  const CascadeLevel& coarse = cascade.coarse;
  torch::Tensor x = decode(coarse.denoise, pyramid[0] * coarse.sigmas.front(), coarse.sigmas, levels.of(0));
  for (std::size_t i = 0; i < cascade.octaves.size(); ++i) {
    const CascadeLevel& octave = cascade.octaves[i];
    const torch::Tensor noisy = with_block_means(pyramid[i + 1] * octave.sigmas.front(), x);
    x = decode(given_coarse(octave.denoise, x), noisy, octave.sigmas, levels.of(i + 1));
  }
  return x;
}

torch::Tensor interpolate_latents(const torch::Tensor& a, const torch::Tensor& b, double t) {
  const double norms = (a.norm() * b.norm()).item<double>();
  const double angle = std::acos(std::clamp((a * b).sum().item<double>() / norms, -1., 1.));
  if (std::sin(angle) < 1e-6) return a + t * (b - a);  // the same direction: the circle is a line
  return a * (std::sin((1 - t) * angle) / std::sin(angle)) + b * (std::sin(t * angle) / std::sin(angle));
}

}  // namespace voxprior
