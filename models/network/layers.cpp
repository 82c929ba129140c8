#include "models/network/layers.h"

#include <cmath>

namespace voxprior {

torch::Tensor initial_weight(std::vector<std::int64_t> shape, bool zero_start) {
  torch::Tensor weight = torch::zeros(shape);
  if (zero_start) return weight;
  const double fan_in = static_cast<double>(weight[0].numel());
  return weight.normal_(0, std::sqrt(2 / fan_in));
}

torch::Tensor unfold_children(const torch::Tensor& x) {
  const auto n = x.size(0), c = x.size(1) / 8, d = x.size(2), h = x.size(3), w = x.size(4);
  return x.view({n, c, 2, 2, 2, d, h, w}).permute({0, 1, 5, 2, 6, 3, 7, 4}).reshape({n, c, 2 * d, 2 * h, 2 * w});
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

ResidualBlockImpl::ResidualBlockImpl(std::int64_t channels, std::int64_t embedding, bool shifts)
    : first_(register_module("first", PlainConv(channels, channels, 3))),
      second_(register_module("second", PlainConv(channels, channels, 3, true))),
      gain_weight_(register_parameter("gain", torch::zeros({channels, embedding}))) {
  if (shifts) shift_weight_ = register_parameter("shift", torch::zeros({channels, embedding}));
}

torch::Tensor ResidualBlockImpl::forward(const torch::Tensor& x, const torch::Tensor& embedded_noise) {
  const auto each_channel = [&](const torch::Tensor& values) {  // [N, C]
    return values.view({values.size(0), -1, 1, 1, 1}).to(x.scalar_type());
  };
  const torch::Tensor gains = each_channel(1 + embedded_noise.matmul(gain_weight_.t()));
  const bool shifts = shift_weight_.defined();
  const torch::Tensor shift = shifts ? each_channel(embedded_noise.matmul(shift_weight_.t())) : torch::Tensor();
  if (torch::GradMode::is_enabled()) {
    const torch::Tensor scaled = first_(x) * gains;
    return x + second_(torch::relu(shifts ? scaled + shift : scaled));
  }
  torch::Tensor scaled = first_(x).mul_(gains);  // the same, without temporaries
  if (shifts) scaled.add_(shift);
  return second_(scaled.relu_()).add_(x);
}

PlainBlockImpl::PlainBlockImpl(std::int64_t channels)
    : first_(register_module("first", PlainConv(channels, channels, 3))),
      second_(register_module("second", PlainConv(channels, channels, 3, true))) {}

torch::Tensor PlainBlockImpl::forward(const torch::Tensor& x) {
  if (torch::GradMode::is_enabled()) return x + second_(torch::relu(first_(x)));
  return second_(first_(x).relu_()).add_(x);  // the same, without temporaries
}

SelfAttentionImpl::SelfAttentionImpl(std::int64_t channels, std::int64_t heads)
    : heads_(heads),
      query_key_value_(register_parameter("query_key_value", initial_weight({3 * channels, channels, 1, 1, 1}, false))),
      out_(register_parameter("out", torch::zeros({channels, channels, 1, 1, 1}))),
      sharpness_(register_parameter("sharpness", torch::full({heads}, std::log(10.f)))) {
  TORCH_CHECK(channels % heads == 0, "SelfAttention: ", channels, " channels are no multiple of ", heads, " heads");
}

torch::Tensor SelfAttentionImpl::forward(const torch::Tensor& x) {
  const auto n = x.size(0), c = x.size(1);
  const torch::Tensor projected = torch::conv3d(x, query_key_value_.to(x.scalar_type()));
  // [3, N, heads, positions, channels of a head]
  const torch::Tensor parts = projected.view({n, 3, heads_, c / heads_, -1}).permute({1, 0, 2, 4, 3});
  const auto unit = [](const torch::Tensor& v) {
    return v / (v.to(torch::kFloat32).square().sum(-1, true) + 1e-6).sqrt().to(v.scalar_type());
  };
  const torch::Tensor sharpness = sharpness_.exp().view({1, heads_, 1, 1}).to(x.scalar_type());
  const torch::Tensor cosines = unit(parts[0]).matmul(unit(parts[1]).transpose(-2, -1)) * sharpness;
  const torch::Tensor weights = torch::softmax(cosines.to(torch::kFloat32), -1).to(x.scalar_type());
  const torch::Tensor mixed = weights.matmul(parts[2]).transpose(-2, -1).reshape(x.sizes());
  return x + torch::conv3d(mixed, out_.to(x.scalar_type()));
}

torch::Tensor class_rows(const torch::Tensor& table, const torch::Tensor& classes) {
  TORCH_CHECK(table.defined(), "a class was given to an unconditional network");
  const torch::Tensor known = (classes >= 0).to(table.scalar_type()).unsqueeze(1);
  return known * table.index_select(0, classes.clamp_min(0));
}

}  // namespace voxprior
