#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace voxprior {

/// The two ways in which a generator of whole volumes is trained against a critic. The networks are the same.
enum class GanFamily {
  r3gan,         ///< Huang et al. 2024, arXiv:2501.05441
  alpha_wgan_gp  ///< Kwon et al. 2019, arXiv:1908.02498: with an encoder
};

inline constexpr const char* kR3gan = "r3gan";
inline constexpr const char* kAlphaWganGp = "alpha-wgan-gp";

inline const char* name_of(GanFamily family) { return family == GanFamily::r3gan ? kR3gan : kAlphaWganGp; }
inline GanFamily gan_family(const std::string& name) {
  return name == kAlphaWganGp ? GanFamily::alpha_wgan_gp : GanFamily::r3gan;
}

/// The shape of a generator and of its critic. Level l works at 1/2^(l+1) of the volume's resolution, as that of a
/// Unet.
struct GanWidths {
  GanFamily family = GanFamily::r3gan;
  std::vector<std::int64_t> channels, blocks;  ///< of each level, finest first
  std::vector<std::int64_t> inner;             ///< channels within the blocks of each level, see matched()
  std::int64_t latent = 64;                    ///< numbers of which a volume is made
  std::int64_t classes = 0;                    ///< that can be told; 0: unconditional
  std::vector<std::int64_t> grid;              ///< {D, H, W} of the volumes, multiples of 2^levels

  std::vector<std::int64_t> coarsest() const;  ///< {D, H, W} of the last level
};

/// Parameters of a Generator of these widths.
std::int64_t generator_parameters(const GanWidths& widths);

/// The widths with those inner channels, in one proportion to the channels of each level (a quarter to four of them, in
/// multiples of 4), with which a generator comes closest to so many parameters: the budget of the network that it is
/// compared with.
GanWidths matched(GanWidths widths, std::int64_t parameters);

}  // namespace voxprior
