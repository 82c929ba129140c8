#include "pipeline/metrics/set_study.h"

#include <algorithm>
#include <numeric>

#include "pipeline/metrics/sets/draws.h"

namespace voxprior {
namespace {

template <typename Row>
FeatureTable table_from(const std::vector<const VolumeDescription*>& volumes, const Row& row) {
  std::vector<std::vector<double>> rows;
  for (const VolumeDescription* volume : volumes) rows.push_back(row(*volume));
  return table_of(rows);
}

}  // namespace

SetStudy study_of(const std::vector<VolumeDescription>& real, const std::vector<VolumeDescription>& synthetic,
                  std::uint64_t seed) {
  const std::size_t n = std::min(real.size(), synthetic.size());
  std::vector<const VolumeDescription*> volumes;
  std::uint64_t stream = 0;
  for (const auto* set : {&real, &synthetic}) {
    const Samples order = shuffled(set->size(), seed, stream++);
    for (std::size_t i = 0; i < n; ++i) volumes.push_back(&(*set)[order[i]]);
  }
  std::vector<SetStudy::Family> families;
  families.push_back({"radiomics", {table_from(volumes, [](const auto& v) { return v.radiomics; })}, false});
  families.push_back({"random networks", {}});
  for (std::size_t k = 0; k < volumes.front()->networks.size(); ++k)
    families.back().tables.push_back(table_from(volumes, [k](const auto& v) { return v.networks[k]; }));
  families.push_back({"power spectrum", {table_from(volumes, [](const auto& v) { return v.power_spectrum; })}});
  families.push_back({"wavelet bands", {table_from(volumes, [](const auto& v) { return v.wavelet_bands; })}});
  return {n, volumes, families, inner_products(table_from(volumes, [](const auto& v) { return v.thumbnail; }))};
}

std::vector<FeatureTable> SetStudy::Family::scaled(const Samples& rows, const Samples& reference) const {
  std::vector<FeatureTable> found;
  for (const FeatureTable& table : tables) {
    const FeatureTable chosen = rows_of(table, rows);
    found.push_back(one_unit ? scaled_as_one(chosen, reference) : standardised(chosen, reference));
  }
  return found;
}

Samples HalfSamples::everyone() const {
  Samples all = a;
  all.insert(all.end(), b.begin(), b.end());
  all.insert(all.end(), c.begin(), c.end());
  return all;
}

HalfSamples draw_halves(std::size_t per_side, std::uint64_t seed, std::uint64_t number) {
  const std::size_t half = per_side / 2;
  const Samples real = shuffled(per_side, seed, 2 + 2 * number), synthetic = shuffled(per_side, seed, 3 + 2 * number);
  HalfSamples draw;
  for (std::size_t i = 0; i < half; ++i) {
    draw.a.push_back(real[i]);
    draw.b.push_back(real[half + i]);
    draw.c.push_back(per_side + synthetic[i]);
  }
  return draw;
}

Samples samples_between(std::size_t begin, std::size_t end) {
  Samples samples(end - begin);
  std::iota(samples.begin(), samples.end(), begin);
  return samples;
}

FeatureTable rows_of(const FeatureTable& features, const Samples& rows) {
  FeatureTable chosen{rows.size(), features.dims, {}};
  for (const std::size_t r : rows)
    chosen.values.insert(chosen.values.end(), features.row(r), features.row(r) + features.dims);
  return chosen;
}

std::vector<double> mean_row(const std::vector<const VolumeDescription*>& volumes, const Samples& set,
                             std::vector<double> VolumeDescription::*row) {
  std::vector<double> mean((volumes.front()->*row).size());
  for (const std::size_t s : set)
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += (volumes[s]->*row)[i] / static_cast<double>(set.size());
  return mean;
}

}  // namespace voxprior
