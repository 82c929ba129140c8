#pragma once

#include <cstddef>
#include <vector>

namespace voxprior {

/// What is known of a number of volumes: one row a volume, one column a feature.
struct FeatureTable {
  std::size_t samples = 0, dims = 0;
  std::vector<double> values;  ///< samples x dims, row after row

  const double* row(std::size_t sample) const { return values.data() + sample * dims; }
};

/// A table of rows of one length.
FeatureTable table_of(const std::vector<std::vector<double>>& rows);

/// Which rows of a table belong to a set. Real and synthetic volumes share one table, so that what relates two volumes
/// is computed once, however often sets are drawn from them.
using Samples = std::vector<std::size_t>;

/// A symmetric number for every two rows of a table: a distance, an inner product, a kernel.
class PairTable {
 public:
  explicit PairTable(std::size_t samples) : samples_(samples), values_(samples * samples) {}
  std::size_t samples() const { return samples_; }
  double operator()(std::size_t a, std::size_t b) const { return values_[a * samples_ + b]; }
  void set(std::size_t a, std::size_t b, double value) {
    values_[a * samples_ + b] = values_[b * samples_ + a] = value;
  }

 private:
  std::size_t samples_;
  std::vector<double> values_;
};

PairTable inner_products(const FeatureTable& features);

/// Squared Euclidean distances, from differences: two equal rows are at exactly 0.
PairTable squared_distances(const FeatureTable& features);

/// Every column minus its mean over `reference`, divided by its standard deviation there. A column without spread in
/// the reference is divided by its spread over all rows; one without spread anywhere is left out.
FeatureTable standardised(const FeatureTable& features, const Samples& reference);

/// Every column minus its mean over `reference`, all divided by one number: the root mean square of what is left there.
/// For features of one unit, where a column that hardly varies should count little. Refuses a reference without any
/// spread, Error(ExitCode::input).
FeatureTable scaled_as_one(const FeatureTable& features, const Samples& reference);

}  // namespace voxprior
