#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "io/raw/projections.h"
#include "workflows/cli/progress.h"
#include "workflows/compute/denoise_session.h"

namespace voxprior {

/// How to reconstruct. Numbers of a method that are left at -1 take their default for the kind of problem
/// (pipeline/reconstruction/defaults.h).
struct ReconSettings {
  std::string method;      ///< a name of pipeline/reconstruction/registry.h, or "fbp" for CT
  std::string model_file;  ///< empty: the method needs none
  std::string device = "auto", precision = "float32";
  int mirrors = 1, threads = 1;
  double memory_bytes = 0;  ///< for the whole process
  int iterations = -1, cg_iterations = -1;
  double tolerance = -1, lambda = -1, step = -1, sigma_start = -1, sigma_end = -1, zeta = -1;
  int samples = 1;  ///< of a stochastic method
  std::uint64_t seed = 0;
};

/// One line of the log; see IterationRecord.
struct ReconIteration {
  int sample = 0, iteration = 0;
  double data_residual = 0, change = 0, sigma = 0, objective = 0;  ///< sigma 0, objective NaN: the method has none
};

/// An image and how well it explains the data.
struct ReconResult {
  std::array<std::int64_t, 3> size_ijk{};
  std::vector<float> image;        ///< i fastest; of complex images the magnitude
  std::vector<float> deviation;    ///< standard deviation over samples; empty for one sample
  std::string stop;                ///< "converged", "finished" or "diverged"
  double data_residual = 0;        ///< |A x - y| / |y|, weighted
  double residual_over_noise = 0;  ///< about 1 when x explains the data; 0: the noise is not known
  double noise = 0;                ///< standard deviation of the data's noise, in each real channel; 0: not known
  double unit = 0;                 ///< intensity that is 1 to the prior
  double seconds = 0;
  std::map<std::string, double> parameters;  ///< of the method, as they were used
  std::vector<ReconIteration> log;
  std::vector<std::string> notices;
};

/// Multi-coil data, Cartesian where there is no trajectory. Arrays as in KSpace (io/raw/kspace.h).
struct MriProblem {
  std::array<std::int64_t, 3> size_ijk{};
  std::array<std::int64_t, 3> shown{};  ///< voxels to keep about the centre
  std::int64_t coils = 1;
  std::int64_t virtual_coils = 0;  ///< to combine them to, if there are more; 0: leave them as they are
  std::vector<std::complex<float>> samples, maps, calibration, noise;  ///< the last three may be empty
  std::vector<std::uint8_t> sampled;
  std::vector<float> trajectory;
  double sigma = 0;  ///< of the noise in each real channel; 0: from the noise scan, else from the data
};

/// Line integrals and where to reconstruct.
struct CtProblem {
  Projections projections;
  Geometry grid;
  double water_per_mm = 0.02;   ///< attenuation of water
  std::string window = "hann";  ///< of filtered back-projection: none, shepp-logan, cosine, hann
};

/// Thick slices along one axis, and the thin ones to make.
struct SuperresProblem {
  std::array<std::int64_t, 3> size_ijk{};  ///< of the thick volume
  std::vector<float> voxels;               ///< in a unit where 0 stays 0
  int axis = 2;                            ///< across the slices
  std::int64_t thin_count = 0;
  double thin_spacing_mm = 0, thick_spacing_mm = 0, thickness_mm = 0;
  std::string profile = "boxcar";  ///< boxcar or gaussian
  double unit = 1, sigma = 0;      ///< intensity that is 1 to the prior; noise, 0: not known
};

/// A volume of which some voxels are to be made up.
struct InpaintProblem {
  std::array<std::int64_t, 3> size_ijk{};
  std::vector<float> voxels;
  std::vector<std::uint8_t> known;
  double unit = 1, sigma = 0;
};

/// Reconstruction methods with the model they need, loaded. Lives in the compute module, so everything here is virtual
/// and free of LibTorch. Problems are taken by value: their arrays are used up.
class ReconSession {
 public:
  virtual ~ReconSession() = default;

  virtual const ModelFacts* model() const = 0;  ///< null: the method needs none
  virtual std::string device() const = 0;
  virtual std::string precision() const = 0;

  virtual ReconResult mri(MriProblem problem, ProgressDisplay& progress) const = 0;
  virtual ReconResult ct(CtProblem problem, ProgressDisplay& progress) const = 0;
  virtual ReconResult superres(SuperresProblem problem, ProgressDisplay& progress) const = 0;
  virtual ReconResult inpaint(InpaintProblem problem, ProgressDisplay& progress) const = 0;
};

/// Loads LibTorch (2 s), then the model.
std::unique_ptr<ReconSession> open_recon_session(const ReconSettings& settings);

}  // namespace voxprior

/// What the compute module exports for open_recon_session; the caller owns the result.
extern "C" voxprior::ReconSession* voxprior_open_recon_session(const voxprior::ReconSettings& settings);
