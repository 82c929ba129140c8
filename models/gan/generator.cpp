#include "models/gan/generator.h"

#include <cmath>

#include "models/network/layers.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {

GeneratorImpl::GeneratorImpl(const GanWidths& widths)
    : widths_(widths), band_std_(register_buffer("band_std", torch::ones({8}))) {
  const std::vector<std::int64_t> size = widths_.coarsest();
  const std::int64_t last = widths_.channels.back();
  basis_ = register_parameter("basis", torch::randn({last, size[0], size[1], size[2]}));
  latent_weight_ = register_parameter(
      "latent", torch::randn({last, widths_.latent}) / std::sqrt(static_cast<double>(widths_.latent)));
  offset_ = register_parameter("offset", torch::zeros({last}));
  if (widths_.classes > 0) class_weight_ = register_parameter("classes", torch::randn({widths_.classes, last}));
  for (std::size_t l = 0; l < widths_.channels.size(); ++l) {
    const std::string level = std::to_string(l);
    levels_.push_back(register_module("level" + level, GanLevel(widths_, l)));
    if (l + 1 == widths_.channels.size()) break;
    grow_.push_back(register_parameter(
        "grow" + level, initial_weight({8 * widths_.channels[l], widths_.channels[l + 1], 1, 1, 1}, false)));
  }
  head_ = register_parameter("head", initial_weight({8, widths_.channels[0], 3, 3, 3}, false));
}

torch::Tensor GeneratorImpl::forward(const torch::Tensor& z, const torch::Tensor& classes) {
  torch::Tensor gain = torch::addmm(offset_, z, latent_weight_.t());  // [N, channels]
  if (classes.defined()) gain = gain + class_rows(class_weight_, classes);
  torch::Tensor x = gain.view({gain.size(0), -1, 1, 1, 1}) * basis_;
  for (std::size_t l = levels_.size(); l-- > 0;) {
    x = levels_[l]->forward(x);
    if (l > 0) x = unfold_children(torch::conv3d(x, grow_[l - 1]));
  }
  return haar_inverse(torch::conv3d(x, head_, {}, 1, 1) * band_std_.view({1, -1, 1, 1, 1}));
}

}  // namespace voxprior
