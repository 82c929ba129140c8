#include "pipeline/metrics/modes/mode_assignment.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr std::size_t kOwnVolumes = 100, kRefined = 2, kCoarseShifts = 27;
constexpr std::uint64_t kOwnSeed = 0x6d6f646573;
constexpr double kResidualSlack = 1.5, kContrastStep = 0.18, kShareOfNext = 1. / 3;
constexpr double kFurthestShift = 1;  // voxels: beyond it a volume is elsewhere than the design puts it

double amplitude_of(int contrast) { return kModeContrasts[contrast] - kModeTissue; }

/// Inner products of a profile with voxels and with itself.
std::pair<double, double> projection(const std::vector<float>& voxels, const ShapeProfile& profile) {
  double along = 0, power = 0;
  for (std::size_t n = 0; n < profile.voxels.size(); ++n) {
    const double share = profile.shares[n];
    along += share * voxels[profile.voxels[n]];
    power += share * share;
  }
  return {along, power};
}

double norm_of(const ShapeProfile& profile) {
  double power = 0;
  for (const float share : profile.shares) power += static_cast<double>(share) * share;
  return std::sqrt(power);
}

}  // namespace

ModeAssigner::ModeAssigner(ModeDesign design) : design_(std::move(design)) {
  const Image scene = empty_scene(design_.side);
  for (std::size_t n = 0; n < scene.voxels.size(); ++n) {
    is_tissue_.push_back(scene.voxels[n] == kModeTissue);
    if (scene.voxels[n] > kModeTissue) frame_.push_back(n);
  }
  for (int shape = 0; shape < 5; ++shape)
    for (int position = 0; position < 5; ++position)
      for (int n = 0; n < static_cast<int>(kCoarseShifts); ++n) {
        const std::array<double, 3> shift{(n % 3 - 1) / 3., (n / 3 % 3 - 1) / 3., (n / 9 - 1) / 3.};
        coarse_.push_back({shape, position, shift, shape_profile(design_.side, shape, position, shift)});
      }
  for (std::size_t n = 0; n < kOwnVolumes; ++n)
    limit_.residual = std::max(limit_.residual, fit(draw_mode_volume(design_, kOwnSeed, n).image).residual);
  limit_.residual *= kResidualSlack;
  limit_.contrast_error = kShareOfNext * kContrastStep;
  double faintest = 1e30;
  for (const Coarse& c : coarse_) faintest = std::min(faintest, norm_of(c.profile));
  limit_.second_shape = kShareOfNext * kContrastStep * faintest;
}

/// What is not plain tissue, where the scene has tissue, in units of the frame's brightness; 0 elsewhere, and
/// everywhere for a volume whose frame is dark.
std::vector<float> ModeAssigner::tissue_of(const Image& image) const {
  double sum = 0;
  for (const std::size_t n : frame_) sum += image.voxels[n];
  std::vector<float> tissue(image.voxels.size());
  if (!(sum > 0)) return tissue;
  const auto scale = static_cast<float>(static_cast<double>(frame_.size()) / sum);
  for (std::size_t n = 0; n < tissue.size(); ++n)
    if (is_tissue_[n]) tissue[n] = scale * image.voxels[n] - kModeTissue;
  return tissue;
}

ModeAssigner::Candidate ModeAssigner::judge(const std::vector<float>& tissue, int shape, int position,
                                            const std::array<double, 3>& shift, const ShapeProfile& profile) const {
  const auto [along, power] = projection(tissue, profile);
  Candidate best{shape, position, shift, -1e30, 0, along / power};
  for (const Mode& mode : design_.modes) {
    if (mode.shape != shape || mode.position != position) continue;
    const double a = amplitude_of(mode.contrast), gain = 2 * a * along - a * a * power;
    if (gain > best.gain) {
      best.gain = gain;
      best.contrast = mode.contrast;
    }
  }
  return best;
}

/// Down to a sixteenth of a voxel, one axis after the other.
ModeAssigner::Candidate ModeAssigner::refine(const std::vector<float>& tissue, Candidate from) const {
  for (double step = 0.25; step > 0.05; step /= 2)
    for (int axis = 0; axis < 3; ++axis)
      for (const double direction : {-step, step}) {
        std::array<double, 3> shift = from.shift;
        shift[axis] = std::clamp(shift[axis] + direction, -kFurthestShift, kFurthestShift);
        const Candidate moved = judge(tissue, from.shape, from.position, shift,
                                      shape_profile(design_.side, from.shape, from.position, shift));
        if (moved.gain > from.gain) from = moved;
      }
  return from;
}

std::size_t ModeAssigner::index_of(const Candidate& candidate) const {
  const auto same = [&](const Mode& mode) {
    return mode.shape == candidate.shape && mode.position == candidate.position && mode.contrast == candidate.contrast;
  };
  const auto found = std::find_if(design_.modes.begin(), design_.modes.end(), same);
  return static_cast<std::size_t>(found - design_.modes.begin());
}

ModeFit ModeAssigner::fit(const Image& image) const {
  if (image.size != std::array<std::int64_t, 3>{design_.side, design_.side, design_.side})
    fail(ExitCode::input, "a volume of ", image.size[0], " x ", image.size[1], " x ", image.size[2],
         " voxels cannot be one of a set of modes of ", design_.side, " voxels a side");
  const std::vector<float> tissue = tissue_of(image);
  std::vector<Candidate> best_of_each;  // of each shape at each position, which follow one another in coarse_
  for (std::size_t n = 0; n < coarse_.size(); ++n) {
    const Coarse& c = coarse_[n];
    const Candidate found = judge(tissue, c.shape, c.position, c.shift, c.profile);
    if (n % kCoarseShifts == 0)
      best_of_each.push_back(found);
    else if (found.gain > best_of_each.back().gain)
      best_of_each.back() = found;
  }
  const auto better = [](const Candidate& a, const Candidate& b) { return a.gain > b.gain; };
  std::partial_sort(best_of_each.begin(), best_of_each.begin() + kRefined, best_of_each.end(), better);
  Candidate best = refine(tissue, best_of_each[0]);
  for (std::size_t n = 1; n < kRefined; ++n) best = std::min(best, refine(tissue, best_of_each[n]), better);

  ModeFit found{index_of(best), best.shift, 0, 0, best.best_amplitude - amplitude_of(best.contrast)};
  measure_residuals(tissue, best, found);
  return found;
}

void ModeAssigner::measure_residuals(std::vector<float> rest, const Candidate& best, ModeFit& found) const {
  const ShapeProfile profile = shape_profile(design_.side, best.shape, best.position, best.shift);
  const auto amplitude = static_cast<float>(amplitude_of(best.contrast));
  double squares = 0, voxels = 0;
  for (std::size_t n = 0; n < profile.voxels.size(); ++n) rest[profile.voxels[n]] -= amplitude * profile.shares[n];
  for (std::size_t n = 0; n < rest.size(); ++n) {
    squares += static_cast<double>(rest[n]) * rest[n];
    voxels += is_tissue_[n];
  }
  found.residual = std::sqrt(squares / voxels);
  for (const Coarse& c : coarse_) {
    const auto [along, power] = projection(rest, c.profile);
    found.second_shape = std::max(found.second_shape, std::abs(along) / std::sqrt(power));
  }
}

bool ModeAssigner::explains(const ModeFit& fit) const {
  return fit.residual <= limit_.residual && fit.second_shape <= limit_.second_shape &&
         std::abs(fit.contrast_error) <= limit_.contrast_error;
}

std::optional<std::size_t> ModeAssigner::assign(const Image& image) const {
  const ModeFit found = fit(image);
  return explains(found) ? std::optional(found.mode) : std::nullopt;
}

}  // namespace voxprior
