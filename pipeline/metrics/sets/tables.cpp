#include "pipeline/metrics/sets/tables.h"

#include <cassert>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr double kNoSpread = 1e-9;  // of the mean: what rounding leaves of a constant

struct Moments {
  double mean = 0, sd = 0;
  bool spread() const { return sd > kNoSpread * std::abs(mean); }
};

Moments moments_of_column(const FeatureTable& features, std::size_t column, const Samples& samples) {
  Moments found;
  for (const std::size_t s : samples) found.mean += features.row(s)[column];
  found.mean /= static_cast<double>(samples.size());
  for (const std::size_t s : samples) found.sd += std::pow(features.row(s)[column] - found.mean, 2);
  found.sd = std::sqrt(found.sd / static_cast<double>(samples.size()));
  return found;
}

/// Calls relation(a, b) for every unordered pair of rows, equal ones included.
template <typename Relation>
PairTable pairs_of(const FeatureTable& features, const Relation& relation) {
  PairTable table(features.samples);
  for (std::size_t a = 0; a < features.samples; ++a)
    for (std::size_t b = a; b < features.samples; ++b) table.set(a, b, relation(features.row(a), features.row(b)));
  return table;
}

}  // namespace

FeatureTable table_of(const std::vector<std::vector<double>>& rows) {
  FeatureTable table{rows.size(), rows.empty() ? 0 : rows.front().size(), {}};
  table.values.reserve(table.samples * table.dims);
  for (const std::vector<double>& row : rows) {
    assert(row.size() == table.dims);
    table.values.insert(table.values.end(), row.begin(), row.end());
  }
  return table;
}

PairTable inner_products(const FeatureTable& features) {
  return pairs_of(features,
                  [&](const double* a, const double* b) { return std::inner_product(a, a + features.dims, b, 0.0); });
}

PairTable squared_distances(const FeatureTable& features) {
  return pairs_of(features, [&](const double* a, const double* b) {
    double sum = 0;
    for (std::size_t d = 0; d < features.dims; ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
    return sum;
  });
}

FeatureTable standardised(const FeatureTable& features, const Samples& reference) {
  Samples everyone(features.samples);
  std::iota(everyone.begin(), everyone.end(), std::size_t{0});
  std::vector<std::size_t> columns;
  std::vector<Moments> scales;
  for (std::size_t column = 0; column < features.dims; ++column) {
    Moments scale = moments_of_column(features, column, reference);
    if (!scale.spread()) scale.sd = moments_of_column(features, column, everyone).sd;
    if (!scale.spread()) continue;
    columns.push_back(column);
    scales.push_back(scale);
  }
  FeatureTable scaled{features.samples, columns.size(), {}};
  scaled.values.reserve(scaled.samples * scaled.dims);
  for (std::size_t s = 0; s < features.samples; ++s)
    for (std::size_t c = 0; c < columns.size(); ++c)
      scaled.values.push_back((features.row(s)[columns[c]] - scales[c].mean) / scales[c].sd);
  return scaled;
}

FeatureTable scaled_as_one(const FeatureTable& features, const Samples& reference) {
  FeatureTable scaled = features;
  double variance = 0;
  for (std::size_t column = 0; column < features.dims; ++column) {
    const Moments moments = moments_of_column(features, column, reference);
    variance += moments.sd * moments.sd / static_cast<double>(features.dims);
    for (std::size_t s = 0; s < features.samples; ++s) scaled.values[s * features.dims + column] -= moments.mean;
  }
  if (!(variance > 0)) fail(ExitCode::input, "the reference volumes are all alike: no scale to compare others on");
  for (double& v : scaled.values) v /= std::sqrt(variance);
  return scaled;
}

}  // namespace voxprior
