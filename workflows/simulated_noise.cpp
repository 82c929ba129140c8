#include "workflows/simulated_noise.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <sstream>

#include "base/error.h"
#include "pipeline/noise/filtered_scan.h"
#include "pipeline/noise/noise_spread.h"
#include "pipeline/noise/simulate.h"
#include "pipeline/sampling/coil_maps.h"
#include "pipeline/sampling/g_factor.h"
#include "workflows/platform.h"
#include "workflows/sigma_map.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

constexpr long long kRingCoils = 8;  // for the g-factor, when no number is given
constexpr double kRange = 4;
constexpr double kPhotons = 2e4;

/// "0.7" or "0.7,0.7,1": shares of k-space along i, j, k.
std::array<double, 3> shares_of(const std::string& text) {
  std::vector<double> found;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) found.push_back(parse_positive("--kept", word));
  if (found.size() == 1) found = {found[0], found[0], found[0]};
  if (found.size() != 3 || *std::max_element(found.begin(), found.end()) > 1)
    fail(ExitCode::usage, "--kept: '", text,
         "' is not one share of k-space, or three with commas, above 0 and up to 1");
  return {found[0], found[1], found[2]};
}

double taper_called(const std::string& name) {
  if (name == "hann") return KspaceFilter::kHann;
  return name == "hamming" ? KspaceFilter::kHamming : 0;
}

void refuse(bool given, const char* option, const char* why) {
  if (given) fail(ExitCode::usage, option, ": ", why, "; see --help");
}

}  // namespace

void NoiseToAdd::add_to(Arguments& arguments) {
  arguments.option("kind", choice(&kind_, "--kind", {"gaussian", "rician", "ncchi", "ct"}), "distribution of the noise")
      .option("coils", at_least(1, &coils_, "--coils")->value_name("N"),
              "number of coils, for ncchi (default 1) and for --spread gfactor (default 8)")
      .option("sigma", positive(&sigma_, "--sigma")->value_name("S"),
              "standard deviation of the noise in each real channel, in the input's units; where it varies, its root "
              "mean square over the non-zero voxels")
      .option("percent", positive(&percent_, "--percent")->value_name("P"),
              "the same, in percent of the 99.5th percentile of the non-zero voxels")
      .option(
          "spread", choice(&spread_, "--spread", {"even", "middle", "side", "gfactor"}),
          "how the noise varies over the volume: middle: a hill, as coil arrays leave it; side: growing along j, as "
          "surface coils leave it; gfactor: that of SENSE with a ring of coils")
      .option("range", positive(&range_, "--range")->value_name("F"),
              "of middle and side: greatest sigma over least (default 4)")
      .option("acceleration", at_least(1, &acceleration_, "--acceleration")->value_name("R"),
              "of gfactor: every Rth line along j is measured")
      .option("sigma-map", po::value(&map_)->value_name("FILE"),
              "sigma for each voxel from a volume on the grid of IN, instead of --sigma, --percent and --spread")
      .option("kept", po::value(&kept_)->value_name("SHARE[,J,K]"),
              "share of k-space that is measured along i, j, k; the rest is filled with zeros, and noise is correlated")
      .option("partial", positive(&partial_, "--partial")->value_name("SHARE"),
              "partial Fourier: the share of the lines along j that is measured, 0.5 to 1; the rest is filled with "
              "zeros")
      .option("window", choice(&window_, "--window", {"none", "hamming", "hann"}),
              "filter over what is measured of k-space")
      .option("photons", positive(&photons_, "--photons")->value_name("I0"),
              "of ct: photons in each ray, without an object (default 20000)")
      .option("electronic", positive(&electronic_, "--electronic")->value_name("SIGMA"),
              "of ct: standard deviation of the electronic noise, in photons (default 0)")
      .option("kernel", po::value(&kernel_)->value_name("hann|cosine|shepp-logan|ram-lak"),
              "of ct: window of the reconstruction's ramp filter, from soft to sharp (default hann)")
      .option("views", at_least(1, &views_, "--views")->value_name("N"),
              "of ct: number of angles over 180 degrees (default: as many as the slice needs)")
      .option("modulation", positive(&modulation_, "--modulation")->value_name("A"),
              "of ct: how far the tube current follows the attenuation, up to 1; 0.5 is the best (default 0: constant)")
      .option("threads", at_least(1, &threads_, "--threads")->value_name("N"),
              "of ct: threads to compute with; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all allowed")
      .option("seed", at_least(0, &seed_, "--seed")->value_name("N")->default_value(0), "which noise to draw");
}

void NoiseToAdd::check() const { ct() ? check_ct() : check_mri(); }

void NoiseToAdd::check_ct() const {
  const char* const why = "means nothing for --kind ct, whose strength is that of --photons";
  refuse(sigma_ > 0, "--sigma", why);
  refuse(percent_ > 0, "--percent", why);
  refuse(coils_ > 0, "--coils", why);
  refuse(spread_ != "even", "--spread", why);
  refuse(!map_.empty(), "--sigma-map", why);
  refuse(!kept_.empty() || partial_ > 0 || window_ != "none", "--kept, --partial, --window", why);
  refuse(modulation_ > 1, "--modulation", "must be at most 1");
  if (!kernel_.empty() && kernel_ != "hann" && kernel_ != "cosine" && kernel_ != "shepp-logan" && kernel_ != "ram-lak")
    fail(ExitCode::usage, "--kernel: '", kernel_, "' is none of hann, cosine, shepp-logan, ram-lak; see --help");
}

void NoiseToAdd::check_mri() const {
  if ((sigma_ > 0) + (percent_ > 0) + !map_.empty() != 1)
    fail(ExitCode::usage, "give either --sigma or --percent, or a --sigma-map; see --help");
  refuse(spread_ != "even" && !map_.empty(), "--spread", "the map says how the noise varies");
  refuse(range_ > 0 && spread_ != "middle" && spread_ != "side", "--range", "only for --spread middle and side");
  refuse(range_ > 0 && range_ < 1, "--range", "must be 1 or more");
  refuse(acceleration_ > 0 && spread_ != "gfactor", "--acceleration", "only for --spread gfactor");
  refuse(acceleration_ == 0 && spread_ == "gfactor", "--spread gfactor", "needs an --acceleration");
  refuse(coils_ > 0 && kind_ != "ncchi" && spread_ != "gfactor", "--coils",
         "only for --kind ncchi and --spread gfactor");
  refuse(partial_ > 0 && (partial_ < 0.5 || partial_ > 1), "--partial", "must be between 0.5 and 1");
  refuse(photons_ > 0 || electronic_ > 0 || views_ > 0 || modulation_ > 0 || threads_ > 0 || !kernel_.empty(),
         "--photons, --electronic, --kernel, --views, --modulation, --threads", "only for --kind ct");
  if (!kept_.empty()) shares_of(kept_);
}

std::vector<float> NoiseToAdd::sigma_for(const Volume& volume, const ReadOptions& reading) const {
  if (!map_.empty()) return read_sigma_map(map_, volume, reading);
  const double sigma = sigma_ > 0 ? sigma_ : percent_ / 100 * nonzero_percentile(volume.voxels, 99.5);
  const auto& size = volume.geometry.size;
  if (spread_ == "even") return std::vector<float>(volume.voxels.size(), static_cast<float>(sigma));
  const double range = range_ > 0 ? range_ : kRange;
  const long long coils = coils_ > 0 ? coils_ : kRingCoils;
  std::vector<float> map = spread_ == "middle" ? noise_towards_middle(size, range)
                           : spread_ == "side" ? noise_towards_side(size, range)
                                               : sense_g_factor(ring_of_coils(size, coils), size, coils, acceleration_);
  scale_noise_map(map, volume.voxels, sigma);
  return map;
}

WithNoise NoiseToAdd::with_mri_noise(const Volume& volume, const ReadOptions& reading) const {
  WithNoise result;
  result.sigma = sigma_for(volume, reading);
  const auto seed = static_cast<std::uint64_t>(seed_);
  const int coils = kind_ == "ncchi" && coils_ > 0 ? static_cast<int>(coils_) : 1;
  KspaceFilter filter;
  if (!kept_.empty()) filter.kept = shares_of(kept_);
  if (partial_ > 0) filter.partial = partial_;
  filter.taper.fill(taper_called(window_));
  if (filter.keeps_all()) {
    result.voxels = result.reference = volume.voxels;
    float* const voxels = result.voxels.data();
    const std::size_t n = result.voxels.size();
    if (kind_ == "gaussian") add_gaussian_noise(voxels, n, result.sigma.data(), seed);
    if (kind_ == "rician") add_rician_noise(voxels, n, result.sigma.data(), seed);
    if (kind_ == "ncchi") add_noncentral_chi_noise(voxels, n, result.sigma.data(), coils, seed);
  } else {
    const std::vector<float> phase = smooth_phase(volume.geometry.size);
    FilteredScanRequest request{volume.geometry.size, filter, kind_ != "gaussian", coils, nullptr, seed, 0};
    if (request.magnitude) request.phase = phase.data();
    FilteredScan scan = filtered_scan(volume.voxels, result.sigma, request);
    result.voxels = std::move(scan.noisy);
    result.reference = std::move(scan.reference);
  }
  double squares = 0, count = 0;
  for (std::size_t i = 0; i < result.sigma.size(); ++i) {
    if (volume.voxels[i] == 0) continue;
    squares += static_cast<double>(result.sigma[i]) * result.sigma[i];
    ++count;
  }
  const double sigma = count > 0 ? std::sqrt(squares / count) : 0;
  const auto [least, greatest] = std::minmax_element(result.sigma.begin(), result.sigma.end());
  result.record = {{"kind", kind_},
                   {"coils", coils},
                   {"sigma", sigma},
                   {"seed", seed_},
                   {"sigma_range", {*least, *greatest}},
                   {"kspace", {{"kept", filter.kept}, {"partial", filter.partial}, {"window", window_}}}};
  std::ostringstream line;
  line << "noise: " << kind_ << ", sigma " << sigma;
  if (*greatest > *least) line << " (" << *least << " to " << *greatest << ')';
  if (!filter.keeps_all()) line << ", correlated";
  result.summary = line.str();
  return result;
}

WithNoise NoiseToAdd::with_ct_noise(const Volume& volume, const std::string& name) const {
  if (!is_ct(volume)) fail(ExitCode::input, name, ": does not look like CT in Hounsfield units; choose another --kind");
  CtExposure exposure;
  exposure.photons = photons_ > 0 ? photons_ : kPhotons;
  exposure.electronic_sigma = electronic_;
  exposure.modulation = modulation_;
  exposure.views = views_;
  if (!kernel_.empty()) exposure.kernel = kernel_;
  exposure.seed = static_cast<std::uint64_t>(seed_);
  exposure.threads = compute_threads(static_cast<int>(threads_));
  WithNoise result;
  result.voxels = result.reference = volume.voxels;
  const std::vector<float> noise = simulate_ct_noise(volume.voxels, volume.geometry, exposure);
  double squares = 0;
  for (std::size_t i = 0; i < noise.size(); ++i) {
    result.voxels[i] += noise[i];
    squares += static_cast<double>(noise[i]) * noise[i];
  }
  const double sigma = std::sqrt(squares / static_cast<double>(noise.size()));
  result.record = {{"kind", kind_},
                   {"sigma", sigma},
                   {"seed", seed_},
                   {"photons", exposure.photons},
                   {"electronic_sigma", exposure.electronic_sigma},
                   {"kernel", exposure.kernel},
                   {"views", views_ > 0 ? nlohmann::ordered_json(views_) : nlohmann::ordered_json("auto")},
                   {"modulation", exposure.modulation}};
  std::ostringstream line;
  line << "noise: ct, " << exposure.photons << " photons, kernel " << exposure.kernel << ", " << sigma
       << " HU over the volume";
  result.summary = line.str();
  return result;
}

WithNoise NoiseToAdd::to(const Volume& volume, const std::string& name, const ReadOptions& reading) const {
  return ct() ? with_ct_noise(volume, name) : with_mri_noise(volume, reading);
}

}  // namespace voxprior
