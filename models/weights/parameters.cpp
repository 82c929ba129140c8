#include "models/weights/parameters.h"

#include "base/error.h"

namespace voxprior {
namespace {

bool holds(torch::ScalarType parameter, torch::ScalarType stored) {
  return stored == parameter || (parameter == torch::kFloat32 && stored == torch::kFloat16);
}

}  // namespace

void store_parameters(const torch::nn::Module& module, const std::string& prefix, TensorMap& out,
                      torch::ScalarType type) {
  for (const auto& item : module.named_parameters())
    out[prefix + item.key()] = item.value().detach().to(torch::kCPU).to(type, false, true);
}

void load_parameters(torch::nn::Module& module, const std::string& prefix, const TensorMap& in,
                     const std::string& file) {
  const torch::NoGradGuard no_grad;
  std::size_t expected = 0;
  for (auto& item : module.named_parameters()) {
    ++expected;
    const auto found = in.find(prefix + item.key());
    if (found == in.end())
      fail(ExitCode::model, file, ": weight '", prefix, item.key(),
           "' is missing; the file belongs to another architecture");
    if (found->second.sizes() != item.value().sizes() ||
        !holds(item.value().scalar_type(), found->second.scalar_type()))
      fail(ExitCode::model, file, ": weight '", prefix, item.key(), "' is ", found->second.dtype().name(),
           found->second.sizes(), ", expected ", item.value().dtype().name(), item.value().sizes(),
           "; the file belongs to another architecture");
    if (!torch::isfinite(found->second).all().item<bool>())
      fail(ExitCode::model, file, ": weight '", prefix, item.key(),
           "' holds values that are not finite; the file is damaged");
    item.value().copy_(found->second);
  }
  std::size_t present = 0;
  for (const auto& [name, tensor] : in) present += name.rfind(prefix, 0) == 0;
  if (present != expected)
    fail(ExitCode::model, file, ": holds ", present, " weights where the architecture has ", expected);
}

std::int64_t parameter_count(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const torch::Tensor& values : module.parameters()) count += values.numel();
  return count;
}

}  // namespace voxprior
