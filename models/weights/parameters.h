#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <map>
#include <string>

namespace voxprior {

using TensorMap = std::map<std::string, torch::Tensor>;

/// Adds copies (CPU) of a module's parameters to `out` under prefix + name, as numbers of `type`.
void store_parameters(const torch::nn::Module& module, const std::string& prefix, TensorMap& out,
                      torch::ScalarType type = torch::kFloat32);

/// Copies tensors named prefix + name into the module's parameters. `file` is for messages: a parameter that is missing
/// or has another shape or type (float16 is taken for float32, which holds all of its values), or a tensor under the
/// prefix that the module does not have, is Error(ExitCode::model).
void load_parameters(torch::nn::Module& module, const std::string& prefix, const TensorMap& in,
                     const std::string& file);

/// How many numbers a module learns.
std::int64_t parameter_count(const torch::nn::Module& module);

}  // namespace voxprior
