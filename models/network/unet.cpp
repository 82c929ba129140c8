#include "models/network/unet.h"

#include <cmath>

#include "models/network/position.h"

namespace voxprior {
namespace {

constexpr std::int64_t kFeatures = 9, kBands = 8;
constexpr std::int64_t kNoiseFrequencies = 8;

std::int64_t rounded_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

}  // namespace

std::int64_t UnetWidths::mask_channels() const { return (extra_features - (local() ? 0 : kPositionFeatures)) / kBands; }

std::int64_t UnetWidths::alignment() const { return std::int64_t{1} << channels.size(); }

std::int64_t UnetWidths::halo() const {
  TORCH_CHECK(local(), "a network with attention has no halo");
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

void UnetImpl::add_blocks(const std::string& name, torch::nn::ModuleList& list, std::int64_t channels,
                          std::int64_t count) {
  list = register_module(name, torch::nn::ModuleList());
  for (std::int64_t i = 0; i < count; ++i) list->push_back(ResidualBlock(channels, widths_.embedding, widths_.shifts));
}

UnetImpl::UnetImpl(const UnetWidths& widths) : widths_(widths) {
  const auto& channels = widths_.channels;
  const std::size_t levels = channels.size();
  TORCH_CHECK(levels >= 1 && widths_.blocks.size() == levels, "Unet needs as many block counts as channel counts");

  embedding_weight_ = register_parameter(
      "embedding", torch::randn({widths_.embedding, 2 * kNoiseFrequencies}) / std::sqrt(2. * kNoiseFrequencies));
  if (widths_.classes > 0) {
    class_weight_ = register_parameter("classes", torch::randn({widths_.classes, widths_.embedding}));
    class_shift_ = register_parameter("class_shift", torch::zeros({widths_.classes, channels[0]}));
  }
  if (widths_.spacing)
    spacing_weight_ = register_parameter("spacing", torch::randn({widths_.embedding, 3}) / std::sqrt(3.));
  stem_ =
      register_module("stem", PlainConv(kFeatures * widths_.image_channels + widths_.extra_features, channels[0], 3));
  head_ = register_module("head", PlainConv(channels[0], kBands * widths_.image_channels, 3, true));
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
  if (widths_.heads > 0) attention_ = register_module("attention", SelfAttention(channels.back(), widths_.heads));
}

torch::Tensor UnetImpl::embed(const torch::Tensor& c_noise, const Condition& condition) const {
  const torch::Tensor frequency = torch::arange(1, kNoiseFrequencies + 1, c_noise.options()) * (M_PI / 2);
  const torch::Tensor phase = c_noise.view({-1, 1}) * frequency;
  const torch::Tensor waves = torch::cat({phase.sin(), phase.cos()}, 1);
  torch::Tensor sum = waves.matmul(embedding_weight_.t()) * std::sqrt(2.);
  if (condition.classes.defined()) sum = sum + class_rows(class_weight_, condition.classes);
  if (spacing_weight_.defined()) {
    TORCH_CHECK(condition.spacing_mm.defined(), "this network must be told the voxel size");
    sum = sum + condition.spacing_mm.log().matmul(spacing_weight_.t());
  }
  return torch::silu(sum);
}

torch::Tensor UnetImpl::forward(const torch::Tensor& features, const torch::Tensor& c_noise,
                                torch::ScalarType body_type, const Condition& condition) {
  const torch::Tensor noise = embed(c_noise, condition);
  const std::size_t levels = widths_.channels.size();
  const auto run = [&](torch::nn::ModuleList& blocks, torch::Tensor x) {
    for (const auto& block : *blocks) x = block->as<ResidualBlock>()->forward(x, noise);
    return x;
  };

  // The first convolution stays in float32: at low noise the LLL band is a small ripple on a large value.
  torch::Tensor x = stem_(features);
  if (condition.classes.defined()) {
    const torch::Tensor shift = class_rows(class_shift_, condition.classes);
    x = x + shift.view({shift.size(0), -1, 1, 1, 1});  // there is no bias: gains alone could not say where
  }
  x = x.to(body_type);
  std::vector<torch::Tensor> skips;
  for (std::size_t l = 0; l < levels; ++l) {
    x = run(down_blocks_[l], x);
    if (l + 1 == levels) break;
    skips.push_back(x);
    x = shrink_[l](x);
  }
  if (attention_) x = attention_(x);
  for (std::size_t l = levels - 1; l-- > 0;) {
    x = skips[l] + unfold_children(torch::conv3d(x, grow_[l].to(body_type)));
    x = run(up_blocks_[l], x);
  }
  return head_(x).to(torch::kFloat32);
}

}  // namespace voxprior
