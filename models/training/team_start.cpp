#include "models/training/team_start.h"

#include "base/error.h"
#include "base/sha256.h"

namespace voxprior {
namespace {

constexpr std::size_t kDigits = 4;  // hexadecimal digits to a number, which float32 holds without rounding

/// A hash of all that must agree, as numbers that can be summed.
torch::Tensor fingerprint(const torch::nn::Module& network, std::int64_t step, const std::string& data_identity) {
  Sha256 hash;
  hash.update(&step, sizeof step);
  hash.update(data_identity.data(), data_identity.size());
  for (const torch::Tensor& parameter : network.parameters()) {
    const torch::Tensor values = parameter.detach().to(torch::kCPU, torch::kFloat32).contiguous();
    hash.update(values.data_ptr<float>(), static_cast<std::size_t>(values.numel()) * sizeof(float));
  }
  const std::string digits = hash.hex();
  std::vector<float> numbers;
  for (std::size_t i = 0; i < digits.size(); i += kDigits)
    numbers.push_back(static_cast<float>(std::stoi(digits.substr(i, kDigits), nullptr, 16)));
  return torch::tensor(numbers);
}

}  // namespace

void check_same_start(Peers& peers, const torch::nn::Module& network, std::int64_t step,
                      const std::string& data_identity) {
  const torch::Tensor own = fingerprint(network, step, data_identity);
  torch::Tensor first = peers.rank() == 0 ? own.clone() : torch::zeros_like(own);
  peers.start_sum(first)->wait();
  if (!torch::equal(first, own))
    fail(ExitCode::input, "process ", peers.rank(), " of ", peers.count(),
         " starts from other volumes, weights or another step than process 0; give all of them the same "
         "configuration, data and output folder");
}

}  // namespace voxprior
