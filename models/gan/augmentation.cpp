#include "models/gan/augmentation.h"

namespace voxprior {
namespace {

constexpr double kMostShift = 0.125, kHoleSide = 0.5;  // of a side
constexpr double kGainSpread = 0.2, kMostOffset = 0.1;

std::int64_t part_of(std::int64_t side, double share) {
  return static_cast<std::int64_t>(share * static_cast<double>(side));
}

// x [1,D,H,W]
torch::Tensor transformed_one(torch::Tensor x, const VolumeTransform& t) {
  std::vector<std::int64_t> flips, pad;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (t.flips[axis]) flips.push_back(static_cast<std::int64_t>(axis) + 1);
    pad.insert(pad.begin(), {t.shift[axis], -t.shift[axis]});  // the last axis first
  }
  if (!flips.empty()) x = x.flip(flips);
  if (t.shift != std::array<std::int64_t, 3>{}) x = torch::constant_pad_nd(x, pad);
  if (t.gain != 1 || t.offset != 0) x = x * t.gain + t.offset;
  if (t.hole_size[0] * t.hole_size[1] * t.hole_size[2] == 0) return x;
  torch::Tensor keep = torch::ones_like(x);
  torch::Tensor hole = keep;
  for (std::size_t axis = 0; axis < 3; ++axis)
    hole = hole.narrow(static_cast<std::int64_t>(axis) + 1, t.hole_begin[axis], t.hole_size[axis]);
  hole.zero_();
  return x * keep;
}

}  // namespace

VolumeTransform random_transform(const std::vector<std::int64_t>& size, double share, Random& random) {
  VolumeTransform t;
  if (random.uniform() < share)
    for (bool& flip : t.flips) flip = random.uniform() < 0.5;
  if (random.uniform() < share)
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const std::int64_t most = part_of(size[axis], kMostShift);
      t.shift[axis] = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * most + 1))) - most;
    }
  if (random.uniform() < share) {
    t.gain = random.uniform(1 - kGainSpread, 1 + kGainSpread);
    t.offset = random.uniform(-kMostOffset, kMostOffset);
  }
  if (random.uniform() < share)
    for (std::size_t axis = 0; axis < 3; ++axis) {
      t.hole_size[axis] = part_of(size[axis], kHoleSide);
      const auto places = static_cast<std::uint64_t>(size[axis] - t.hole_size[axis] + 1);
      t.hole_begin[axis] = static_cast<std::int64_t>(random.below(places));
    }
  return t;
}

torch::Tensor transformed(const torch::Tensor& x, const std::vector<VolumeTransform>& transforms) {
  std::vector<torch::Tensor> volumes;
  for (std::size_t n = 0; n < transforms.size(); ++n)
    volumes.push_back(transformed_one(x[static_cast<std::int64_t>(n)], transforms[n]));
  return torch::stack(volumes);
}

}  // namespace voxprior
