#include "pipeline/cascade/cascade.h"

#include <utility>

#include "pipeline/noise/random.h"
#include "pipeline/samplers/starting_noise.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {

Denoiser given_coarse(Denoiser detail, torch::Tensor coarse) {
  return [detail = std::move(detail), coarse = std::move(coarse)](const torch::Tensor& x, double sigma) {
    return detail(with_block_means(x, coarse), sigma);
  };
}

std::vector<torch::Tensor> pyramid_of(const torch::Tensor& volume, std::size_t octaves) {
  std::vector<torch::Tensor> levels{volume};
  for (std::size_t i = 0; i < octaves; ++i) levels.insert(levels.begin(), torch::avg_pool3d(levels.front(), 2));
  return levels;
}

std::uint64_t level_seed(std::uint64_t seed, std::uint64_t index, std::uint64_t level) {
  const auto half = [](std::uint64_t value, int shift) { return static_cast<std::uint32_t>(value >> shift); };
  const auto bits =
      philox4x32({half(index, 0), half(index, 32), half(level, 0), 0x766f78u}, {half(seed, 0), half(seed, 32)});
  return (static_cast<std::uint64_t>(bits[1]) << 32) | bits[0];
}

torch::Tensor sample_cascade(const Cascade& cascade, std::uint64_t seed, std::uint64_t index,
                             const LevelSampler& sample) {
  const auto start = [&](const CascadeLevel& level, std::vector<std::int64_t> size, std::uint64_t level_number) {
    size.insert(size.begin(), level_number == 0 ? cascade.coarse_channels : 1);
    return starting_noise({level_seed(seed, index, level_number)}, size, level.sigmas.front());
  };
  std::vector<std::int64_t> size = cascade.coarse_size;
  torch::Tensor x = sample(cascade.coarse, start(cascade.coarse, size, 0), level_seed(seed, index, 0), 0);
  for (std::size_t octave = 0; octave < cascade.octaves.size(); ++octave) {
    for (std::int64_t& side : size) side *= 2;
    const CascadeLevel& level = cascade.octaves[octave];
    const CascadeLevel bound{given_coarse(level.denoise, x), level.sigmas};
    const torch::Tensor noise = with_block_means(start(level, size, octave + 1), x);
    x = sample(bound, noise, level_seed(seed, index, octave + 1), octave + 1);
  }
  return x;
}

}  // namespace voxprior
