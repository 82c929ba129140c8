#include "models/training/flop_counter.h"

#include <ATen/record_function.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <torch/types.h>

#include <atomic>
#include <string>
#include <vector>

namespace voxprior {
namespace {

using Arguments = c10::ArrayRef<const c10::IValue>;

/// The sum so far. LibTorch hands it on to the threads of a backward pass.
class Tally final : public c10::DebugInfoBase {
 public:
  std::atomic<std::int64_t> flop{0};
};

/// For each value on the side that has the channels of the kernel's first axis: the multiply-adds that make it.
std::int64_t taps(const torch::Tensor& kernel) { return kernel.numel() / kernel.size(0); }

/// Of a list with a number for each axis of a volume, or one for all.
std::int64_t along(const std::vector<std::int64_t>& list, std::int64_t axis) {
  return list.size() == 1 ? list[0] : list.at(static_cast<std::size_t>(axis));
}

// _convolution(input, weight, bias, stride, padding, dilation, transposed, ...)
std::int64_t flop_of_convolution(Arguments in) {
  const torch::Tensor input = in[0].toTensor(), kernel = in[1].toTensor();
  if (in[6].toBool()) return 2 * input.numel() * taps(kernel);
  const auto stride = in[3].toIntVector(), padding = in[4].toIntVector(), dilation = in[5].toIntVector();
  std::int64_t values = input.size(0) * kernel.size(0);
  for (std::int64_t axis = 0; axis < input.dim() - 2; ++axis) {
    const std::int64_t extent = along(dilation, axis) * (kernel.size(axis + 2) - 1) + 1;
    values *= (input.size(axis + 2) + 2 * along(padding, axis) - extent) / along(stride, axis) + 1;
  }
  return 2 * values * taps(kernel);
}

// convolution_backward(grad_output, input, weight, bias_sizes, stride, padding, dilation, transposed, output_padding,
// groups, output_mask)
std::int64_t flop_of_gradients(Arguments in) {
  const torch::Tensor values = in[7].toBool() ? in[1].toTensor() : in[0].toTensor();
  const auto asked = in[10].toBoolList();
  return 2 * values.numel() * taps(in[2].toTensor()) * (asked.get(0) + asked.get(1));
}

std::int64_t flop_of_product(const torch::Tensor& a, const torch::Tensor& b) { return 2 * a.numel() * b.size(-1); }

// convolution calls _convolution, matmul and linear one of the products: each is counted where it is one operation.
std::int64_t flop_of(const std::string& name, Arguments in) {
  if (name == "aten::_convolution") return flop_of_convolution(in);
  if (name == "aten::convolution_backward") return flop_of_gradients(in);
  if (name == "aten::mm" || name == "aten::bmm") return flop_of_product(in[0].toTensor(), in[1].toTensor());
  if (name == "aten::addmm" || name == "aten::baddbmm") return flop_of_product(in[1].toTensor(), in[2].toTensor());
  return 0;
}

std::unique_ptr<at::ObserverContext> count(const at::RecordFunction& function) {
  if (auto* tally = dynamic_cast<Tally*>(c10::ThreadLocalDebugInfo::get(c10::DebugInfoKind::PRODUCER_INFO)))
    tally->flop += flop_of(function.name(), function.inputs());
  return nullptr;
}

/// count() for every operation while it lives.
class Watch {
 public:
  Watch()
      : handle_(at::addThreadLocalCallback(
            at::RecordFunctionCallback(count).needsInputs(true).scopes({at::RecordScope::FUNCTION}))) {}
  ~Watch() { at::removeCallback(handle_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  at::CallbackHandle handle_;
};

}  // namespace

std::int64_t count_flop(const std::function<void()>& work) {
  const auto tally = std::make_shared<Tally>();
  const c10::DebugInfoGuard guard(c10::DebugInfoKind::PRODUCER_INFO, tally);
  const Watch watch;
  work();
  return tally->flop;
}

}  // namespace voxprior
