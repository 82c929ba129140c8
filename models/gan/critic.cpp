#include "models/gan/critic.h"

#include <cmath>

#include "models/network/layers.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {
namespace {

constexpr std::int64_t kCodeWidth = 4;  // hidden numbers of a CodeCritic for each of the latent

}  // namespace

CriticImpl::CriticImpl(const GanWidths& widths, std::int64_t outputs)
    : widths_(widths), band_scale_(register_buffer("band_scale", torch::ones({8}))) {
  const auto& channels = widths_.channels;
  stem_ = register_parameter("stem", initial_weight({channels[0], 8, 3, 3, 3}, false));
  for (std::size_t l = 0; l < channels.size(); ++l) {
    const std::string level = std::to_string(l);
    levels_.push_back(register_module("level" + level, GanLevel(widths_, l)));
    if (l + 1 < channels.size())
      shrink_.push_back(
          register_parameter("shrink" + level, initial_weight({channels[l + 1], 8 * channels[l], 1, 1, 1}, false)));
  }
  const std::vector<std::int64_t> size = widths_.coarsest();
  const double positions = static_cast<double>(size[0] * size[1] * size[2]);
  const double fan_in = static_cast<double>(channels.back());
  basis_ =
      register_parameter("basis", torch::randn({channels.back(), size[0], size[1], size[2]}) / std::sqrt(positions));
  out_ = register_parameter("out", torch::randn({outputs, channels.back()}) / std::sqrt(fan_in));
  if (widths_.classes > 0)
    class_weight_ = register_parameter("classes", torch::randn({widths_.classes, channels.back()}) / std::sqrt(fan_in));
}

torch::Tensor CriticImpl::forward(const torch::Tensor& volume, const torch::Tensor& classes) {
  torch::Tensor x = torch::conv3d(haar_forward(volume) / band_scale_.view({1, -1, 1, 1, 1}), stem_, {}, 1, 1);
  for (std::size_t l = 0; l < levels_.size(); ++l) {
    x = levels_[l]->forward(x);
    if (l < shrink_.size()) x = torch::conv3d(fold_children(x.contiguous()), shrink_[l]);
  }
  const torch::Tensor features = (x * basis_).sum({2, 3, 4});  // [N, channels]
  torch::Tensor out = features.matmul(out_.t());
  if (classes.defined()) out = out + (features * class_rows(class_weight_, classes)).sum(1, true);
  return out;
}

CodeCriticImpl::CodeCriticImpl(std::int64_t latent) {
  const std::vector<std::int64_t> sizes{latent, kCodeWidth * latent, kCodeWidth * latent, 1};
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    const std::string layer = std::to_string(i);
    weights_.push_back(register_parameter("weight" + layer, initial_weight({sizes[i + 1], sizes[i]}, false)));
    offsets_.push_back(register_parameter("offset" + layer, torch::zeros({sizes[i + 1]})));
  }
}

torch::Tensor CodeCriticImpl::forward(const torch::Tensor& z) {
  torch::Tensor x = z;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    x = torch::addmm(offsets_[i], x, weights_[i].t());
    if (i + 1 < weights_.size()) x = torch::leaky_relu(x, 0.2);
  }
  return x;
}

}  // namespace voxprior
