#pragma once

#include <cstddef>
#include <vector>

namespace voxprior {

/// The one-sided Mann-Whitney test: the probability of ranks of x as low as these or lower, if x and y came from one
/// distribution. Ties have their mean rank. Exact (every choice of ranks counted) up to 120 values together; above, the
/// normal approximation with correction for ties and continuity. Both need a value.
/// Mann & Whitney, Ann Math Stat 1947; 18:50-60.
double mann_whitney_less(const std::vector<double>& x, const std::vector<double>& y);

/// The same by the normal approximation, whatever the number of values.
double mann_whitney_less_normal(const std::vector<double>& x, const std::vector<double>& y);

/// The probability that at least `count` of m values lie below the `rank`-th smallest (1: smallest) of n others, if all
/// came from one continuous distribution: among the first count + rank - 1 of all in order, fewer than `rank` are
/// others, which is a sum of hypergeometric probabilities.
double probability_of_as_many_below(std::size_t count, std::size_t m, std::size_t rank, std::size_t n);

}  // namespace voxprior
