#include "models/network/segmenter.h"

#include "pipeline/wavelet/haar.h"

namespace voxprior {

SegmenterImpl::SegmenterImpl(std::int64_t classes, std::int64_t channels)
    : stem_(register_module("stem", PlainConv(9, channels, 3))),
      shrink_(register_module("shrink", PlainConv(channels, 2 * channels, 2))),
      grow_(register_module("grow", PlainConv(2 * channels, 8 * channels, 3))),
      head_(register_module("head", PlainConv(channels, 8 * classes, 3))),
      down_(register_module("down", PlainBlock(channels))),
      bottom_(register_module("bottom", PlainBlock(2 * channels))),
      up_(register_module("up", PlainBlock(channels))) {}

torch::Tensor SegmenterImpl::forward(const torch::Tensor& x) {
  const torch::Tensor bands = haar_forward(x);
  const torch::Tensor features = torch::cat({bands, torch::ones_like(bands.slice(1, 0, 1))}, 1);
  const torch::Tensor fine = down_(stem_(features).relu());
  const torch::Tensor coarse = bottom_(shrink_(fine));
  return unfold_children(head_(up_(fine + unfold_children(grow_(coarse))).relu()));
}

}  // namespace voxprior
