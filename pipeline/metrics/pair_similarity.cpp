#include "pipeline/metrics/pair_similarity.h"

#include <algorithm>

#include "base/error.h"
#include "base/parallel.h"
#include "pipeline/metrics/ms_ssim.h"

namespace voxprior {

PairSimilarity::PairSimilarity(const std::vector<const Image*>& images, std::size_t most_pairs, int threads)
    : samples_(images.size()) {
  const std::size_t n = samples_;
  const std::size_t steps = std::clamp<std::size_t>(most_pairs / n, 1, n / 2);
  for (std::size_t step = 1; step <= steps; ++step)
    for (std::size_t a = 0; a < (2 * step == n ? step : n); ++a) pairs_.push_back({a, (a + step) % n, 0});
  for_slabs(pairs_.size(), 1, threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end; ++p)
      pairs_[p].ms_ssim = ms_ssim_3d(*images[pairs_[p].a], *images[pairs_[p].b], 1);
  });
}

double PairSimilarity::mean_within(const Samples& set) const {
  std::vector<bool> inside(samples_);
  for (const std::size_t s : set) inside[s] = true;
  double sum = 0, count = 0;
  for (const Pair& pair : pairs_) {
    if (!inside[pair.a] || !inside[pair.b]) continue;
    sum += pair.ms_ssim;
    ++count;
  }
  if (count == 0) fail(ExitCode::input, "too few pairs of volumes were compared by MS-SSIM for a set of ", set.size());
  return sum / count;
}

}  // namespace voxprior
