#include "models/training/simulated_scan.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "models/training/augment.h"
#include "models/training/source.h"
#include "pipeline/noise/filtered_scan.h"
#include "pipeline/noise/noise_spread.h"
#include "pipeline/noise/simulate.h"
#include "pipeline/samplers/reconstruction_noise.h"

namespace voxprior {
namespace {

constexpr double kLeastKept = 0.6;    // of k-space along an axis
constexpr double kGreatestRange = 3;  // of sigma over a patch
constexpr int kMostCoils = 8;
constexpr std::uint64_t kSeeds = std::uint64_t{1} << 62;

/// What is drawn of a scan before its noise.
struct Scanner {
  std::string kind;
  int coils = 1;
  KspaceFilter filter;
  std::vector<float> sigma;  // of each voxel
  std::uint64_t seed = 0;
};

std::vector<float> values_of(const torch::Tensor& x) { return {x.data_ptr<float>(), x.data_ptr<float>() + x.numel()}; }

torch::Tensor volume_of(const std::vector<float>& values, const torch::Tensor& like) {
  return torch::tensor(values).view(like.sizes());
}

std::array<std::int64_t, 3> size_of(const torch::Tensor& x) { return {x.size(2), x.size(1), x.size(0)}; }

KspaceFilter random_filter(Random& random) {
  KspaceFilter filter;
  const double tapers[] = {0, KspaceFilter::kHamming, KspaceFilter::kHann};
  const double taper = tapers[random.below(3)];
  for (std::size_t axis = 0; axis < 3; ++axis) {
    filter.kept[axis] = random.uniform() < 0.5 ? random.uniform(kLeastKept, 1) : 1;
    filter.taper[axis] = taper;
  }
  return filter;
}

// Grows along an axis of a random orientation.
std::vector<float> varying_sigma(const torch::Tensor& clean, double sigma, Random& random) {
  const auto side = *std::max_element(clean.sizes().begin(), clean.sizes().end());
  const std::vector<float> map = noise_towards_side({side, side, side}, random.uniform(1, kGreatestRange));
  torch::Tensor turned = random_orientation(random).of(torch::tensor(map).view({side, side, side}));
  for (std::int64_t axis = 0; axis < 3; ++axis) turned = turned.narrow(axis, 0, clean.size(axis));
  return values_of((turned * (sigma / turned.square().mean().sqrt().item<double>())).contiguous());
}

SimulatedScan with_noise_of_ct(const torch::Tensor& clean, const Scanner& scanner, bool correlated, Random& random) {
  torch::Tensor noise = torch::empty_like(clean);
  fill_gaussian(noise.data_ptr<float>(), static_cast<std::size_t>(noise.numel()), scanner.seed, 0);
  if (correlated) noise = random_reconstruction_noise(noise, random);
  return {clean, clean + volume_of(scanner.sigma, clean) * noise};
}

SimulatedScan with_noise_of_mri(const torch::Tensor& clean, const Scanner& scanner) {
  const int threads = torch::get_num_threads();
  std::vector<float> voxels = values_of(clean);
  if (!scanner.filter.keeps_all()) {
    FilteredScanRequest request;
    request.size = size_of(clean);
    request.filter = scanner.filter;
    request.magnitude = scanner.kind != "gaussian";
    request.coils = scanner.coils;
    request.seed = scanner.seed;
    request.threads = threads;
    const FilteredScan scan = filtered_scan(voxels, scanner.sigma, request);
    return {volume_of(scan.reference, clean), volume_of(scan.noisy, clean)};
  }
  const float* sigma = scanner.sigma.data();
  if (scanner.kind == "gaussian") add_gaussian_noise(voxels.data(), voxels.size(), sigma, scanner.seed, threads);
  if (scanner.kind == "rician") add_rician_noise(voxels.data(), voxels.size(), sigma, scanner.seed, threads);
  if (scanner.kind == "ncchi")
    add_noncentral_chi_noise(voxels.data(), voxels.size(), sigma, scanner.coils, scanner.seed, threads);
  return {clean, volume_of(voxels, clean)};
}

}  // namespace

SimulatedScan simulate_scan(const torch::Tensor& clean, const TrainingConfig& config, Random& random) {
  const TrainingConfig::Noise& noise = config.noise;
  const bool ct = config.model.modality == "ct";
  Scanner scanner;
  scanner.kind = noise.kinds[random.below(noise.kinds.size())];
  if (scanner.kind == "ncchi") scanner.coils = 2 + static_cast<int>(random.below(kMostCoils - 1));
  const double sigma = draw_sigma(noise, random);
  scanner.sigma = random.uniform() < noise.varying_share
                      ? varying_sigma(clean, sigma, random)
                      : std::vector<float>(static_cast<std::size_t>(clean.numel()), static_cast<float>(sigma));
  const bool correlated = random.uniform() < noise.correlated_share;
  if (correlated && !ct) scanner.filter = random_filter(random);
  const bool keep_zeros = random.uniform() < config.augment.zeroed_background;
  scanner.seed = random.below(kSeeds);

  SimulatedScan scan = ct ? with_noise_of_ct(clean, scanner, correlated, random) : with_noise_of_mri(clean, scanner);
  if (keep_zeros) {
    const torch::Tensor outside = clean == 0;
    scan.clean = scan.clean.masked_fill(outside, 0);
    scan.noisy = scan.noisy.masked_fill(outside, 0);
  }
  return scan;
}

SimulatedScan simulate_plain_scan(const torch::Tensor& clean, const TrainingConfig& config, double sigma,
                                  std::uint64_t seed) {
  Scanner scanner;
  scanner.kind = config.noise.kinds.front();
  if (scanner.kind == "ncchi") scanner.coils = kMostCoils;
  scanner.sigma.assign(static_cast<std::size_t>(clean.numel()), static_cast<float>(sigma));
  scanner.seed = seed;
  return with_noise_of_mri(clean, scanner);
}

}  // namespace voxprior
