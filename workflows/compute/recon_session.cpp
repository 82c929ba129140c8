// The part of `voxprior recon` that needs LibTorch.
#include "workflows/compute/recon_session.h"

#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>

#include "base/error.h"
#include "models/denoiser_file.h"
#include "models/precision.h"
#include "pipeline/calibration/ct_counts.h"
#include "pipeline/core/mirrored.h"
#include "pipeline/core/one_slice.h"
#include "pipeline/core/reflection.h"
#include "pipeline/operators/cartesian_sense.h"
#include "pipeline/operators/ct_projector.h"
#include "pipeline/operators/sampling_mask.h"
#include "pipeline/operators/separable.h"
#include "pipeline/operators/slice_interpolation.h"
#include "pipeline/reconstruction/defaults.h"
#include "pipeline/reconstruction/filtered_back_projection.h"
#include "pipeline/reconstruction/registry.h"
#include "pipeline/reconstruction/samples.h"
#include "pipeline/reconstruction/smooth_fill.h"
#include "pipeline/tiling/tiled.h"
#include "workflows/compute/ct_setup.h"
#include "workflows/compute/device.h"
#include "workflows/compute/mri_setup.h"
#include "workflows/compute/on_device.h"
#include "workflows/compute/resource_errors.h"

namespace voxprior {
namespace {

constexpr double kMemoryOfModel = 0.5;  // share of the memory that the tiles of the network may take

torch::Tensor real_tensor(std::vector<float>& values, const std::array<std::int64_t, 3>& size_ijk) {
  return torch::from_blob(values.data(), {size_ijk[2], size_ijk[1], size_ijk[0]}, torch::kFloat32);
}

std::vector<float> floats_of(const torch::Tensor& image) {
  const torch::Tensor real = (image.is_complex() ? image.abs() : image).to(torch::kCPU, torch::kFloat32).contiguous();
  return {real.data_ptr<float>(), real.data_ptr<float>() + real.numel()};
}

/// A network that works on its own grid, for volumes of any size, continued by reflection past their far ends as tiles
/// are (pipeline/tiling/tiled.h), but in one piece and differentiable.
Denoiser aligned(Denoiser network, std::int64_t alignment) {
  return [=](const torch::Tensor& x, double sigma) {
    torch::Tensor padded = x;
    for (std::int64_t axis = 2; axis < 5; ++axis) {
      const std::int64_t size = x.size(axis), length = (size + alignment - 1) / alignment * alignment;
      if (length == size) continue;
      padded = padded.index_select(axis, reflected_positions(0, length, size, x.device()));
    }
    torch::Tensor result = network(padded, sigma);
    for (std::int64_t axis = 2; axis < 5; ++axis) result = result.narrow(axis, 0, x.size(axis));
    return result;
  };
}

ModelFacts facts_of(const LoadedDenoiser& model) {
  const ModelCard& card = model.card;
  return {card.name,      model.sha256,   card.modality,     card.training_data,
          card.sigma_min, card.sigma_max, card.voxel_min_mm, card.voxel_max_mm};
}

RampWindow window_of(const std::string& name) {
  return name == "none"          ? RampWindow::none
         : name == "shepp-logan" ? RampWindow::shepp_logan
         : name == "cosine"      ? RampWindow::cosine
                                 : RampWindow::hann;
}

torch::Tensor back_projection(const CtGeometry& geometry, const torch::Tensor& y, const std::string& window) {
  return geometry.beam == CtBeam::cone ? fdk(geometry, y, window_of(window))
                                       : filtered_back_projection(geometry, y, window_of(window));
}

/// Where the photons are known, each ray counts as much as its noise lets it.
void weigh(const ScanGeometry& scan, ReconstructionProblem& problem) {
  if (scan.photons_per_ray == 0) return;
  problem.weights = statistical_weights(problem.y, {scan.photons_per_ray, scan.electronic_sigma});
  problem.noise = 1;  // the weights are inverse variances
}

class MethodSession final : public ReconSession {
 public:
  MethodSession(const ReconSettings& settings, const torch::Device& device)
      : settings_(settings), device_(device), precision_(choose_precision(settings.precision, device)) {
    if (settings.method != "fbp") method_ = &method_by_name(settings.method);
    if (settings.model_file.empty()) return;
    loaded_ = load_denoiser(settings.model_file, device, precision_);
    facts_ = facts_of(*loaded_);
    const Denoiser network = on_device(loaded_->denoise, device);
    const std::int64_t alignment = loaded_->locality.alignment;
    // These differentiate through the network, which tiles do not allow.
    const bool differentiates = settings.method == "dps" || settings.method == "mmps";
    const Denoiser volumes = differentiates ? aligned(network, alignment)
                                            : tiled(averaged_over_mirrors(network, settings.mirrors), loaded_->locality,
                                                    loaded_->bytes_per_voxel, kMemoryOfModel * settings.memory_bytes);
    denoise_ = over_one_slice(volumes, alignment);
  }

  const ModelFacts* model() const override { return facts_ ? &*facts_ : nullptr; }
  std::string device() const override { return device_.str(); }
  std::string precision() const override { return precision_ == torch::kBFloat16 ? "bfloat16" : "float32"; }

  ReconResult mri(MriProblem mri, ProgressDisplay& progress) const override {
    return guarded([&] {
      progress.stage("preparing");
      MriSetup setup = set_up(mri);
      ReconstructionProblem problem = problem_of(setup.sense, setup.kspace);
      problem.noise = setup.noise;
      ReconResult result =
          run(problem, ProblemKind::mri, progress, [&](const torch::Tensor& image) { return setup.shown(image); });
      result.notices.insert(result.notices.begin(), setup.notices.begin(), setup.notices.end());
      return result;
    });
  }

  ReconResult ct(CtProblem ct, ProgressDisplay& progress) const override {
    return guarded([&] {
      progress.stage("preparing");
      Projections& data = ct.projections;
      const CtGeometry geometry = projector_geometry(data.scan, ct.grid, data.columns, data.rows);
      const auto projector = std::make_shared<const CtProjector>(geometry);
      const torch::Tensor y =
          torch::from_blob(data.values.data(), {data.views(), data.rows, data.columns}, torch::kFloat32);
      ReconstructionProblem problem = problem_of(projector, y);
      problem.unit = ct.water_per_mm;
      weigh(data.scan, problem);
      ReconResult result;
      if (method_ == nullptr) {
        progress.stage("filtered back-projection");
        result = direct(problem, back_projection(geometry, y, ct.window));
      } else {
        if (settings_.method != "adjoint") problem.start = back_projection(geometry, y, ct.window);
        result = run(problem, ProblemKind::ct, progress, [](const torch::Tensor& image) { return image; });
      }
      const std::vector<std::string> notices = field_of_view_notices(geometry);
      result.notices.insert(result.notices.begin(), notices.begin(), notices.end());
      return result;
    });
  }

  ReconResult superres(SuperresProblem thick, ProgressDisplay& progress) const override {
    return guarded([&] {
      const auto axis = static_cast<std::size_t>(2 - thick.axis);  // of a tensor [D,H,W]
      std::array<std::int64_t, 3> size{thick.size_ijk[2], thick.size_ijk[1], thick.size_ijk[0]};
      ThickSlices slices;
      slices.thin_count = thick.thin_count;
      slices.thin_spacing_mm = thick.thin_spacing_mm;
      slices.thick_count = size[axis];
      slices.thick_spacing_mm = thick.thick_spacing_mm;
      slices.thickness_mm = thick.thickness_mm;
      slices.first_mm = 0.5 * (static_cast<double>(slices.thin_count - 1) * slices.thin_spacing_mm -
                               static_cast<double>(slices.thick_count - 1) * slices.thick_spacing_mm);
      slices.profile = thick.profile == "gaussian" ? SliceProfile::gaussian : SliceProfile::boxcar;
      std::array<torch::Tensor, 3> matrices;
      matrices[axis] = slice_interpolation_matrix(slices);
      const torch::Tensor y = real_tensor(thick.voxels, thick.size_ijk);
      const torch::Tensor interpolated = Separable(size, matrices).forward(y);
      size[axis] = slices.thin_count;
      matrices[axis] = slice_profile_matrix(slices);
      ReconstructionProblem problem = problem_of(std::make_shared<const Separable>(size, matrices), y);
      problem.start = interpolated;
      problem.unit = thick.unit;
      problem.noise = thick.sigma;
      return run(problem, ProblemKind::superres, progress, [](const torch::Tensor& image) { return image; });
    });
  }

  ReconResult inpaint(InpaintProblem volume, ProgressDisplay& progress) const override {
    return guarded([&] {
      const auto& size = volume.size_ijk;
      const torch::Tensor known =
          torch::from_blob(volume.known.data(), {size[2], size[1], size[0]}, torch::kUInt8).to(torch::kBool);
      const auto mask = std::make_shared<const SamplingMask>(known);
      const torch::Tensor y = mask->forward(real_tensor(volume.voxels, size));
      ReconstructionProblem problem = problem_of(mask, y);
      problem.start = smooth_fill(y, known);
      problem.unit = volume.unit;
      problem.noise = volume.sigma;
      return run(problem, ProblemKind::inpaint, progress, [](const torch::Tensor& image) { return image; });
    });
  }

 private:
  /// Times the work, and gives errors of memory their name.
  template <typename Work>
  ReconResult guarded(const Work& work) const {
    const auto start = std::chrono::steady_clock::now();
    ReconResult result = with_resource_errors(work);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
  }

  ReconstructionProblem problem_of(std::shared_ptr<const LinearOperator> a, const torch::Tensor& y) const {
    ReconstructionProblem problem;
    problem.a = std::move(a);
    problem.y = y;
    problem.denoise = denoise_;
    if (loaded_) {
      const double gain = problem.a->domain().front() == 1 ? one_slice_gain(loaded_->locality.alignment) : 1;
      problem.sigma_min = facts_->sigma_min / gain;
      problem.sigma_max = facts_->sigma_max / gain;
    }
    return problem;
  }

  /// Those that the method reads, by name.
  std::map<std::string, double> parameters_of(const MethodOptions& options) const {
    const std::map<std::string, double> all{{"iterations", options.iterations},
                                            {"tolerance", options.tolerance},
                                            {"lambda", options.lambda},
                                            {"step", options.step},
                                            {"sigma_start", options.sigma_start},
                                            {"sigma_end", options.sigma_end},
                                            {"zeta", options.zeta},
                                            {"cg_iterations", options.cg_iterations},
                                            {"levels", options.levels}};
    std::map<std::string, double> read;
    for (const std::string& name : method_->options) {
      const auto found = all.find(name);
      if (found != all.end()) read.insert(*found);
    }
    return read;
  }

  MethodOptions options_for(ProblemKind kind) const {
    MethodOptions options = default_options(settings_.method, kind);
    const auto take = [&](const char* name, auto chosen, auto& value) {
      if (chosen < 0) return;
      const auto& read = method_->options;
      if (std::find(read.begin(), read.end(), name) == read.end()) {
        std::string option = name;
        std::replace(option.begin(), option.end(), '_', '-');
        fail(ExitCode::usage, "--", option, ": method ", settings_.method, " has no use for it");
      }
      value = chosen;
    };
    take("iterations", settings_.iterations, options.iterations);
    take("cg_iterations", settings_.cg_iterations, options.cg_iterations);
    take("tolerance", settings_.tolerance, options.tolerance);
    take("lambda", settings_.lambda, options.lambda);
    take("step", settings_.step, options.step);
    take("sigma_start", settings_.sigma_start, options.sigma_start);
    take("sigma_end", settings_.sigma_end, options.sigma_end);
    take("zeta", settings_.zeta, options.zeta);
    options.seed = settings_.seed;
    return options;
  }

  template <typename Crop>
  ReconResult run(const ReconstructionProblem& problem, ProblemKind kind, ProgressDisplay& progress,
                  const Crop& crop) const {
    const MethodOptions options = options_for(kind);
    progress.stage("reconstructing");
    ReconResult result;
    const SampleObserver observe = [&](int sample, const IterationRecord& r) {
      result.log.push_back({sample, r.iteration, r.data_residual, r.change, r.sigma, r.objective});
      progress.update((sample + std::min(1., static_cast<double>(r.iteration) / options.iterations)) /
                      settings_.samples);
    };
    const SampleSummary found = reconstruct_samples(problem, method_->reconstruct, options, settings_.samples, observe);
    const torch::Tensor image = crop(found.mean);
    result.size_ijk = {image.size(2), image.size(1), image.size(0)};
    result.image = floats_of(image);
    if (settings_.samples > 1) result.deviation = floats_of(crop(found.standard_deviation));
    result.data_residual = found.data_residual;
    result.residual_over_noise = found.residual_over_noise;
    result.noise = problem.noise;
    result.stop = stop_reason_name(found.runs.front().stop);
    result.unit = found.runs.front().unit;
    result.parameters = parameters_of(options);
    for (const Reconstruction& one : found.runs)
      result.notices.insert(result.notices.end(), one.warnings.begin(), one.warnings.end());
    return result;
  }

  /// A result without iterations.
  ReconResult direct(const ReconstructionProblem& problem, const torch::Tensor& image) const {
    ReconResult result;
    result.size_ijk = {image.size(2), image.size(1), image.size(0)};
    result.image = floats_of(image);
    result.stop = "finished";
    result.unit = problem.unit;
    result.noise = problem.noise;
    const torch::Tensor root = problem.weights.defined() ? problem.weights.sqrt() : torch::ones({});
    const torch::Tensor miss = root * (problem.a->forward(image) - problem.y);
    result.data_residual = (miss.norm() / (root * problem.y).norm()).item().toDouble();
    if (problem.noise > 0) result.residual_over_noise = miss.square().mean().sqrt().item().toDouble() / problem.noise;
    return result;
  }

  ReconSettings settings_;
  torch::Device device_;
  torch::ScalarType precision_;
  const NamedMethod* method_ = nullptr;  // null: filtered back-projection
  std::optional<LoadedDenoiser> loaded_;
  std::optional<ModelFacts> facts_;
  Denoiser denoise_;
};

}  // namespace
}  // namespace voxprior

voxprior::ReconSession* voxprior_open_recon_session(const voxprior::ReconSettings& settings) {
  using namespace voxprior;
  return with_resource_errors([&] {
    use_cpu(settings.threads);
    return new MethodSession(settings, choose_device(settings.device));
  });
}
