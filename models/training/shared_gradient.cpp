#include "models/training/shared_gradient.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/utils.h>

#include <utility>

namespace voxprior {

/// Called by autograd when it has added to a gradient for the last time in a backward pass.
struct SharedGradient::Hook : torch::autograd::FunctionPostHook {
  Hook(SharedGradient& shared, std::size_t parameter) : shared_(shared), parameter_(parameter) {}
  torch::autograd::variable_list operator()(const torch::autograd::variable_list& outputs,
                                            const torch::autograd::variable_list& /*inputs*/) override {
    shared_.gradient_is_there(parameter_);
    return outputs;
  }
  SharedGradient& shared_;
  std::size_t parameter_;
};

SharedGradient::SharedGradient(std::vector<torch::Tensor> parameters, Peers& peers, std::size_t bucket_bytes)
    : parameters_(std::move(parameters)), peers_(peers), bucket_of_(parameters_.size()) {
  // The backward pass comes to the last layers first.
  std::size_t bytes = bucket_bytes;
  for (std::size_t p = parameters_.size(); p-- > 0;) {
    if (bytes >= bucket_bytes) {
      buckets_.emplace_back();
      bytes = 0;
    }
    buckets_.back().members.push_back(p);
    bucket_of_[p] = buckets_.size() - 1;
    bytes += static_cast<std::size_t>(parameters_[p].numel()) * sizeof(float);
  }
  for (Bucket& bucket : buckets_) {
    std::int64_t size = 0;
    for (const std::size_t p : bucket.members) size += parameters_[p].numel();
    bucket.flat = torch::zeros({size}, torch::kFloat32);
  }
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    accumulators_.push_back(torch::autograd::impl::grad_accumulator(parameters_[p]));
    hooks_.push_back(accumulators_[p]->add_post_hook(std::make_unique<Hook>(*this, p)));
  }
  reset();
}

SharedGradient::~SharedGradient() {
  for (std::size_t p = 0; p < parameters_.size(); ++p) accumulators_[p]->del_post_hook(hooks_[p]);
}

void SharedGradient::reset() {
  next_ = 0;
  for (Bucket& bucket : buckets_) {
    bucket.awaited = bucket.members.size();
    bucket.sum.reset();
  }
}

void SharedGradient::gradient_is_there(std::size_t parameter) {
  --buckets_[bucket_of_[parameter]].awaited;
  while (next_ < buckets_.size() && buckets_[next_].awaited == 0) send(buckets_[next_++]);
}

void SharedGradient::send(Bucket& bucket) {
  const torch::NoGradGuard no_grad;
  std::int64_t at = 0;
  for (const std::size_t p : bucket.members) {
    const std::int64_t size = parameters_[p].numel();
    torch::Tensor part = bucket.flat.narrow(0, at, size);
    const torch::Tensor& gradient = parameters_[p].grad();
    gradient.defined() ? part.copy_(gradient.flatten()) : part.zero_();
    at += size;
  }
  bucket.sum = peers_.start_sum(bucket.flat);
}

void SharedGradient::finish() {
  const torch::NoGradGuard no_grad;
  while (next_ < buckets_.size()) send(buckets_[next_++]);  // parameters that this step did not use
  for (Bucket& bucket : buckets_) {
    bucket.sum->wait();
    std::int64_t at = 0;
    for (const std::size_t p : bucket.members) {
      const std::int64_t size = parameters_[p].numel();
      torch::Tensor gradient = parameters_[p].mutable_grad();
      if (gradient.defined())
        gradient.copy_((bucket.flat.narrow(0, at, size) / static_cast<double>(peers_.count())).view_as(gradient));
      at += size;
    }
  }
  reset();
}

}  // namespace voxprior
