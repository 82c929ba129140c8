#include "workflows/anatomy.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

double cosine(const Geometry& geometry, int anatomical, int index) {
  return geometry.lps_from_index[static_cast<size_t>(3 * anatomical + index)];
}

}  // namespace

AnatomicalAxes anatomical_axes(const Geometry& geometry) {
  std::array<int, 3> order{0, 1, 2}, best = order;
  double best_sum = -1;
  do {
    double sum = 0;
    for (int a = 0; a < 3; ++a) sum += std::abs(cosine(geometry, a, order[a]));
    if (sum > best_sum + 1e-9) {
      best_sum = sum;
      best = order;
    }
  } while (std::next_permutation(order.begin(), order.end()));

  AnatomicalAxes axes;
  axes.index_axis = best;
  for (int a = 0; a < 3; ++a) axes.reversed[a] = cosine(geometry, a, best[a]) < 0;
  return axes;
}

std::string orientation_code(const Geometry& geometry) {
  constexpr const char* kTowards = "LPS";
  constexpr const char* kAgainst = "RAI";
  const AnatomicalAxes axes = anatomical_axes(geometry);
  std::string code = "???";
  for (int a = 0; a < 3; ++a) code[axes.index_axis[a]] = axes.reversed[a] ? kAgainst[a] : kTowards[a];
  return code;
}

}  // namespace voxprior
