#pragma once

#include <cstdint>
#include <functional>

namespace voxprior {

/// Floating-point operations of `work`, on this thread and on those of its backward passes: 2 for each multiply-add of
/// a convolution, of its gradients towards volume and kernel (each only where it is asked for) and of a matrix product
/// (mm, addmm, bmm, baddbmm, and what is made of them: matmul, linear). All else is not counted: biases, activations,
/// Haar transforms, the update of the weights element by element. Nothing is watched outside of `work`, or slower.
std::int64_t count_flop(const std::function<void()>& work);

}  // namespace voxprior
