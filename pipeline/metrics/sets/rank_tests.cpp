#include "pipeline/metrics/sets/rank_tests.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

constexpr std::size_t kMostForExact = 120;

/// Twice the mid-ranks (whole numbers) of all values, those of x first, and what the variance loses to ties.
struct Ranks {
  std::vector<std::size_t> doubled;
  double tie_sum = 0;  // sum of t^3 - t over groups of t equal values
};

Ranks ranks_of(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> all = x;
  all.insert(all.end(), y.begin(), y.end());
  std::vector<double> sorted = all;
  std::sort(sorted.begin(), sorted.end());
  Ranks ranks;
  for (const double v : all) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), v);
    const auto below = first - sorted.begin(), through = last - sorted.begin();
    ranks.doubled.push_back(static_cast<std::size_t>(below + 1 + through));
    const auto ties = static_cast<double>(last - first);
    ranks.tie_sum += ties * ties - 1;  // each of the t equal values adds t^2 - 1
  }
  return ranks;
}

std::size_t sum_of_first(const std::vector<std::size_t>& values, std::size_t count) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += values[i];
  return sum;
}

double normal_below(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

double log_choose(double n, double k) { return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1); }

/// Among all choices of `chosen` of the ranks, the share whose sum is at most `limit`.
double share_of_sums_up_to(const std::vector<std::size_t>& ranks, std::size_t chosen, std::size_t limit) {
  // ways[c][s]: choices of c of the ranks seen so far with sum s
  std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(limit + 1));
  ways[0][0] = 1;
  for (const std::size_t rank : ranks)
    for (std::size_t c = chosen; c >= 1; --c)
      for (std::size_t s = rank; s <= limit; ++s) ways[c][s] += ways[c - 1][s - rank];
  double favourable = 0;
  for (const double w : ways[chosen]) favourable += w;
  return favourable / std::exp(log_choose(static_cast<double>(ranks.size()), static_cast<double>(chosen)));
}

}  // namespace

double mann_whitney_less_normal(const std::vector<double>& x, const std::vector<double>& y) {
  const Ranks ranks = ranks_of(x, y);
  const auto m = static_cast<double>(x.size()), n = static_cast<double>(y.size()), all = m + n;
  const double sum = static_cast<double>(sum_of_first(ranks.doubled, x.size())) / 2;
  const double variance = m * n / 12 * (all + 1 - ranks.tie_sum / (all * (all - 1)));
  if (!(variance > 0)) return 1;  // all values are equal
  return normal_below((sum + 0.5 - m * (all + 1) / 2) / std::sqrt(variance));
}

double mann_whitney_less(const std::vector<double>& x, const std::vector<double>& y) {
  if (x.size() + y.size() > kMostForExact) return mann_whitney_less_normal(x, y);
  const Ranks ranks = ranks_of(x, y);
  return std::min(1.0, share_of_sums_up_to(ranks.doubled, x.size(), sum_of_first(ranks.doubled, x.size())));
}

double probability_of_as_many_below(std::size_t count, std::size_t m, std::size_t rank, std::size_t n) {
  if (count == 0) return 1;
  const auto all = static_cast<double>(m + n), first = static_cast<double>(count + rank - 1);
  double probability = 0;
  for (std::size_t others = 0; others < rank && others <= n; ++others) {
    const auto o = static_cast<double>(others), ours = first - o;
    if (ours > static_cast<double>(m)) continue;
    probability += std::exp(log_choose(static_cast<double>(m), ours) + log_choose(static_cast<double>(n), o) -
                            log_choose(all, first));
  }
  return std::min(1.0, probability);
}

}  // namespace voxprior
