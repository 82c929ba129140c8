#include "pipeline/metrics/dice.h"

namespace voxprior {

double mean_dice(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b, int classes) {
  std::vector<double> both(static_cast<std::size_t>(classes) + 1), either(both.size());
  for (std::size_t n = 0; n < a.size(); ++n) {
    either[a[n]] += 1;
    either[b[n]] += 1;
    if (a[n] == b[n]) both[a[n]] += 2;
  }
  double sum = 0, present = 0;
  for (std::size_t c = 1; c < both.size(); ++c) {
    if (either[c] == 0) continue;
    sum += both[c] / either[c];
    ++present;
  }
  return present > 0 ? sum / present : 1;
}

}  // namespace voxprior
