#include "pipeline/calibration/coil_compression.h"

#include <torch/types.h>
#include <torch/utils.h>

#include "base/error.h"

namespace voxprior {

CoilCompression coil_compression(const torch::Tensor& data, std::int64_t virtual_coils) {
  TORCH_CHECK(data.scalar_type() == torch::kComplexFloat && data.dim() >= 2, "expected complex64 data [C,...], got ",
              data.dtype(), " ", data.sizes());
  const std::int64_t coils = data.size(0);
  if (virtual_coils < 1 || virtual_coils > coils)
    fail(ExitCode::input, coils, " coils cannot be compressed to ", virtual_coils);
  const torch::NoGradGuard no_grad;
  const torch::Tensor rows = data.reshape({coils, -1});
  const torch::Tensor gram = torch::mm(rows, rows.conj().t().resolve_conj()).to(torch::kComplexDouble);
  const auto [values, vectors] = torch::linalg_eigh(gram, "L");  // ascending
  const double all = values.sum().item().toDouble();
  if (!(all > 0)) fail(ExitCode::input, "the coils hold no signal");
  const torch::Tensor strongest = vectors.narrow(1, coils - virtual_coils, virtual_coils).flip({1});
  return {strongest.conj().t().resolve_conj().contiguous().to(torch::kComplexFloat),
          values.narrow(0, coils - virtual_coils, virtual_coils).sum().item().toDouble() / all};
}

torch::Tensor compressed(const CoilCompression& compression, const torch::Tensor& y) {
  std::vector<std::int64_t> sizes = y.sizes().vec();
  TORCH_CHECK(!sizes.empty() && sizes[0] == compression.matrix.size(1), "expected ", compression.matrix.size(1),
              " coils, got ", y.sizes());
  sizes[0] = compression.matrix.size(0);
  return torch::mm(compression.matrix.to(y.device()), y.reshape({y.size(0), -1})).view(sizes);
}

}  // namespace voxprior
