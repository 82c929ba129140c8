#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "io/volume_file.h"
#include "io/volume_or_slice.h"
#include "tests/workflows/workflow_test.h"
#include "workflows/statistics.h"

namespace voxprior::test {

/// 20 log10(peak / RMSE) over the voxels of the reference above 2 % of the peak, in dB.
inline double psnr(const Volume& reference, const Volume& other) {
  const double peak = nonzero_percentile(reference.voxels, 99.5);
  double squares = 0, count = 0;
  for (std::size_t n = 0; n < reference.voxels.size(); ++n) {
    if (reference.voxels[n] < 0.02 * peak) continue;
    squares += std::pow(reference.voxels[n] - other.voxels[n], 2);
    ++count;
  }
  return 20 * std::log10(peak / std::sqrt(squares / count));
}

/// The words, and a method if they name none.
inline std::vector<std::string> with_method(const std::string& method, std::vector<std::string> words) {
  if (std::find(words.begin(), words.end(), "--method") == words.end())
    words.insert(words.begin(), {"--method", method});
  return words;
}

/// The part of a volume that begins at `first`.
inline Volume part_of(const Volume& whole, const std::array<std::int64_t, 3>& first,
                      const std::array<std::int64_t, 3>& size) {
  Volume part;
  part.geometry = whole.geometry;
  part.geometry.size = size;
  const auto& all = whole.geometry.size;
  for (std::int64_t k = 0; k < size[2]; ++k)
    for (std::int64_t j = 0; j < size[1]; ++j)
      for (std::int64_t i = 0; i < size[0]; ++i)
        part.voxels.push_back(
            whole.voxels[static_cast<std::size_t>(((k + first[2]) * all[1] + j + first[1]) * all[0] + i + first[0])]);
  return part;
}

/// Slices `factor` times as thick as those of `thin`: their means, of as many as there are whole ones of.
inline Volume thick_slices_of(const Volume& thin, std::int64_t factor) {
  Volume thick = thin;
  thick.geometry.size[2] = thin.geometry.size[2] / factor;
  thick.geometry.spacing_mm[2] = static_cast<double>(factor) * thin.geometry.spacing_mm[2];
  for (std::size_t row = 0; row < 3; ++row)
    thick.geometry.origin_mm[row] +=
        0.5 * static_cast<double>(factor - 1) * thin.geometry.spacing_mm[2] * thin.geometry.lps_from_index[3 * row + 2];
  const auto slice = static_cast<std::size_t>(thin.geometry.size[0] * thin.geometry.size[1]);
  const auto divisor = static_cast<std::size_t>(factor);
  thick.voxels.assign(static_cast<std::size_t>(thick.geometry.voxel_count()), 0);
  for (std::size_t n = 0; n < thick.voxels.size() * divisor; ++n)
    thick.voxels[n / (divisor * slice) * slice + n % slice] += thin.voxels[n] / static_cast<float>(factor);
  return thick;
}

/// A test of `simulate` and `recon` on a small piece of a brain.
class ReconTest : public WorkflowTest {
 protected:
  Outcome run(const std::string& verb, const std::string& what, const std::string& in, const std::string& out,
              const std::vector<std::string>& more) {
    std::vector<std::string> words{verb, what, in, file(out), "--threads", "1", "--progress", "none"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
  Outcome recon(const std::string& what, const std::string& in, const std::string& out,
                const std::vector<std::string>& more = {}) {
    return run("recon", what, in, out, more);
  }
  /// 32 x 32 x 16 voxels.
  Volume piece() const { return part_of(read_volume(testdata("brain_t1_crop.nii.gz")), {8, 4, 10}, {32, 32, 16}); }
  Volume volume(const std::string& name) const { return read_volume_or_slice(file(name)); }
  /// What is in the scratch folder besides what `before` held.
  std::set<std::string> new_since(const std::set<std::string>& before) const {
    std::set<std::string> fresh;
    for (const std::string& name : scratch_.names())
      if (before.count(name) == 0) fresh.insert(name);
    return fresh;
  }
};

}  // namespace voxprior::test
