#include "models/gan/blocks.h"

#include <cmath>
#include <numeric>

#include "models/network/layers.h"

namespace voxprior {
namespace {

constexpr double kSlope = 0.2;

torch::Tensor leaky(const torch::Tensor& x) { return torch::leaky_relu(x, kSlope); }

torch::Tensor weight(std::int64_t out, std::int64_t in, std::int64_t kernel, double scale = 1) {
  return initial_weight({out, in, kernel, kernel, kernel}, false) * scale;
}

}  // namespace

BottleneckBlockImpl::BottleneckBlockImpl(std::int64_t channels, std::int64_t inner, std::int64_t depth) {
  const double scale = std::pow(static_cast<double>(depth), -0.25);
  narrow_in_ = register_parameter("in", weight(inner, channels, 1, scale));
  kernel_ = register_parameter("kernel", weight(inner, inner, 3, scale));
  narrow_out_ = register_parameter("out", torch::zeros({channels, inner, 1, 1, 1}));
  first_offset_ = register_parameter("first_offset", torch::zeros({inner}));
  second_offset_ = register_parameter("second_offset", torch::zeros({inner}));
}

torch::Tensor BottleneckBlockImpl::forward(const torch::Tensor& x) {
  const torch::Tensor first = leaky(torch::conv3d(x, narrow_in_, first_offset_));
  const torch::Tensor second = leaky(torch::conv3d(first, kernel_, second_offset_, 1, 1));
  return x + torch::conv3d(second, narrow_out_);
}

GanLevelImpl::GanLevelImpl(const GanWidths& widths, std::size_t level)
    : blocks_(register_module("blocks", torch::nn::ModuleList())) {
  const std::int64_t depth = std::accumulate(widths.blocks.begin(), widths.blocks.end(), std::int64_t{0});
  for (std::int64_t i = 0; i < widths.blocks[level]; ++i)
    blocks_->push_back(BottleneckBlock(widths.channels[level], widths.inner[level], depth));
}

torch::Tensor GanLevelImpl::forward(torch::Tensor x) {
  for (const auto& block : *blocks_) x = block->as<BottleneckBlock>()->forward(x);
  return x;
}

torch::Tensor fold_children(const torch::Tensor& x) {
  const auto n = x.size(0), c = x.size(1), d = x.size(2) / 2, h = x.size(3) / 2, w = x.size(4) / 2;
  return x.view({n, c, d, 2, h, 2, w, 2}).permute({0, 1, 3, 5, 7, 2, 4, 6}).reshape({n, 8 * c, d, h, w});
}

}  // namespace voxprior
