#include "models/network/local_unet.h"

#include <torch/nn/functional.h>
#include <torch/nn/init.h>

#include <cmath>

namespace voxprior {
namespace {

constexpr std::int64_t kFeatures = 9, kBands = 8;
constexpr std::int64_t kNoiseFrequencies = 8;

// Kaiming initialisation for a layer followed by ReLU: std = sqrt(2 / fan_in).
torch::Tensor initial_weight(std::vector<std::int64_t> shape, bool zero_start) {
  torch::Tensor weight = torch::zeros(shape);
  if (zero_start) return weight;
  const double fan_in = static_cast<double>(weight[0].numel());
  return weight.normal_(0, std::sqrt(2 / fan_in));
}

// [N, 8C, D, H, W] -> [N, C, 2D, 2H, 2W]: the eight channels of a group become the eight children of a voxel.
torch::Tensor unfold_children(const torch::Tensor& x) {
  const auto n = x.size(0), c = x.size(1) / 8, d = x.size(2), h = x.size(3), w = x.size(4);
  return x.view({n, c, 2, 2, 2, d, h, w}).permute({0, 1, 5, 2, 6, 3, 7, 4}).reshape({n, c, 2 * d, 2 * h, 2 * w});
}

std::int64_t rounded_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

}  // namespace

std::int64_t LocalUnetWidths::alignment() const { return std::int64_t{1} << channels.size(); }

std::int64_t LocalUnetWidths::halo() const {
  // Backwards from the edge of an aligned core: each 3x3x3 convolution at level l reaches 2^(l+1) voxels further, and a
  // strided layer takes in the rest of the coarser cell that the reach ends in.
  const auto reach_of_blocks = [&](std::size_t level) { return 2 * blocks[level] << (level + 1); };
  const std::size_t last = channels.size() - 1;
  std::int64_t voxels = 2;  // the last convolution
  for (std::size_t level = 0; level < last; ++level)
    voxels = rounded_up(voxels + reach_of_blocks(level), std::int64_t{4} << level);
  voxels += reach_of_blocks(last);
  for (std::size_t level = 0; level < last; ++level) voxels += reach_of_blocks(level);
  voxels += 2 + 2;  // the first convolution and the high-pass behind it
  return rounded_up(voxels, alignment());
}

PlainConvImpl::PlainConvImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, bool zero_start)
    : kernel_(kernel),
      weight_(register_parameter("weight", initial_weight({out, in, kernel, kernel, kernel}, zero_start))) {
  TORCH_CHECK(kernel == 2 || kernel == 3, "PlainConv has kernel 2 or 3, not ", kernel);
}

torch::Tensor PlainConvImpl::forward(const torch::Tensor& x) {
  const std::int64_t stride = kernel_ == 2 ? 2 : 1, padding = kernel_ == 3 ? 1 : 0;
  return torch::conv3d(x, weight_.to(x.scalar_type()), {}, stride, padding);
}

ResidualBlockImpl::ResidualBlockImpl(std::int64_t channels, std::int64_t embedding)
    : first_(register_module("first", PlainConv(channels, channels, 3))),
      second_(register_module("second", PlainConv(channels, channels, 3, true))),
      gain_weight_(register_parameter("gain", torch::zeros({channels, embedding}))) {}

torch::Tensor ResidualBlockImpl::forward(const torch::Tensor& x, const torch::Tensor& embedded_noise) {
  const torch::Tensor gain = 1 + embedded_noise.matmul(gain_weight_.t());  // [N, C]
  const torch::Tensor gains = gain.view({gain.size(0), -1, 1, 1, 1}).to(x.scalar_type());
  if (torch::GradMode::is_enabled()) return x + second_(torch::relu(first_(x) * gains));
  return second_(first_(x).mul_(gains).relu_()).add_(x);  // the same, without temporaries
}

void LocalUnetImpl::add_blocks(const std::string& name, torch::nn::ModuleList& list, std::int64_t channels,
                               std::int64_t count) {
  list = register_module(name, torch::nn::ModuleList());
  for (std::int64_t i = 0; i < count; ++i) list->push_back(ResidualBlock(channels, widths_.embedding));
}

LocalUnetImpl::LocalUnetImpl(const LocalUnetWidths& widths) : widths_(widths) {
  const auto& channels = widths_.channels;
  const std::size_t levels = channels.size();
  TORCH_CHECK(levels >= 1 && widths_.blocks.size() == levels, "LocalUnet needs as many block counts as channel counts");

  embedding_weight_ = register_parameter(
      "embedding", torch::randn({widths_.embedding, 2 * kNoiseFrequencies}) / std::sqrt(2. * kNoiseFrequencies));
  stem_ = register_module("stem", PlainConv(kFeatures, channels[0], 3));
  head_ = register_module("head", PlainConv(channels[0], kBands, 3, true));
  down_blocks_.resize(levels, nullptr);
  up_blocks_.resize(levels - 1, nullptr);
  for (std::size_t l = 0; l < levels; ++l) {
    const std::string level = std::to_string(l);
    add_blocks("down" + level, down_blocks_[l], channels[l], widths_.blocks[l]);
    if (l + 1 == levels) break;
    add_blocks("up" + level, up_blocks_[l], channels[l], widths_.blocks[l]);
    shrink_.push_back(register_module("shrink" + level, PlainConv(channels[l], channels[l + 1], 2)));
    grow_.push_back(
        register_parameter("grow" + level, initial_weight({8 * channels[l], channels[l + 1], 1, 1, 1}, false)));
  }
}

torch::Tensor LocalUnetImpl::embed(const torch::Tensor& c_noise) const {
  const torch::Tensor frequency = torch::arange(1, kNoiseFrequencies + 1, c_noise.options()) * (M_PI / 2);
  const torch::Tensor phase = c_noise.view({-1, 1}) * frequency;
  const torch::Tensor waves = torch::cat({phase.sin(), phase.cos()}, 1);
  return torch::silu(waves.matmul(embedding_weight_.t()) * std::sqrt(2.));
}

torch::Tensor LocalUnetImpl::forward(const torch::Tensor& features, const torch::Tensor& c_noise,
                                     torch::ScalarType body_type) {
  const torch::Tensor noise = embed(c_noise);
  const std::size_t levels = widths_.channels.size();
  const auto run = [&](torch::nn::ModuleList& blocks, torch::Tensor x) {
    for (const auto& block : *blocks) x = block->as<ResidualBlock>()->forward(x, noise);
    return x;
  };

  // The first convolution stays in float32: at low noise the LLL band is a small ripple on a large value.
  torch::Tensor x = stem_(features).to(body_type);
  std::vector<torch::Tensor> skips;
  for (std::size_t l = 0; l < levels; ++l) {
    x = run(down_blocks_[l], x);
    if (l + 1 == levels) break;
    skips.push_back(x);
    x = shrink_[l](x);
  }
  for (std::size_t l = levels - 1; l-- > 0;) {
    x = skips[l] + unfold_children(torch::conv3d(x, grow_[l].to(body_type)));
    x = run(up_blocks_[l], x);
  }
  return head_(x).to(torch::kFloat32);
}

}  // namespace voxprior
