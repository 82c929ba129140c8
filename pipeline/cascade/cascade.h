#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "pipeline/core/denoiser.h"
#include "pipeline/core/sampler.h"

namespace voxprior {

/// One level of a cascade: a denoiser and the noise levels through which it is followed, from the highest to 0.
struct CascadeLevel {
  Denoiser denoise;
  std::vector<double> sigmas;
};

/// A generator of volumes from coarse to fine (wavelet score-based generative model, Guth et al. 2022,
/// arXiv:2208.05003). The coarse level makes a whole volume; each octave doubles the resolution by making the seven
/// Haar detail bands that belong to it. Levels after the first may be tiled denoisers: their memory then does not grow.
struct Cascade {
  CascadeLevel coarse;
  std::vector<std::int64_t> coarse_size;  ///< {D, H, W}
  std::vector<CascadeLevel> octaves;      ///< their denoisers take the block means of x as given, see given_coarse()
  std::int64_t coarse_channels = 1;       ///< more only if it makes latents, which no octave refines
};

/// How a cascade is followed at a level: the sampler with what it draws and whom it tells.
using LevelSampler =
    std::function<torch::Tensor(const CascadeLevel& level, torch::Tensor x, std::uint64_t seed, std::size_t number)>;

/// The denoiser of an octave bound to the volume it refines: D(x with `coarse` as the means of its blocks of 2x2x2
/// voxels, sigma). coarse [N,1,D,H,W], x [N,1,2D,2H,2W].
Denoiser given_coarse(Denoiser detail, torch::Tensor coarse);

/// The volumes that a cascade of so many octaves makes on its way to `volume` [N,1,D,H,W]: its block means, theirs and
/// so on, coarse first; the volume itself is the last.
std::vector<torch::Tensor> pyramid_of(const torch::Tensor& volume, std::size_t octaves);

/// Volume number `index` of the endless sequence that `seed` begins: [1,1,D,H,W], of full resolution (or a latent of
/// coarse_channels channels). Depends on seed,
/// index, the cascade and the sampler alone.
torch::Tensor sample_cascade(const Cascade& cascade, std::uint64_t seed, std::uint64_t index,
                             const LevelSampler& sample);

/// The seed of one level of one volume: another stream for each (seed, index, level).
std::uint64_t level_seed(std::uint64_t seed, std::uint64_t index, std::uint64_t level);

}  // namespace voxprior
