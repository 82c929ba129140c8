#include "pipeline/metrics/modes/mode_coverage.h"

#include <cmath>

#include "tests/support/refusal.h"

namespace voxprior {
namespace {

using Assigned = std::vector<std::optional<std::size_t>>;

/// Each mode that `kept` holds as often as its frequency says.
template <typename Kept>
Assigned in_proportion(const ModeDesign& design, std::size_t volumes, const Kept& kept) {
  Assigned assigned;
  for (std::size_t m = 0; m < design.modes.size(); ++m)
    if (kept(m))
      assigned.insert(assigned.end(), std::lround(design.modes[m].frequency * static_cast<double>(volumes)), m);
  return assigned;
}

TEST(ModeCoverage, OfExactProportionsIsPerfect) {
  const ModeCoverage all =
      mode_coverage(balanced_modes(16), in_proportion(balanced_modes(16), 1000, [](auto) { return true; }), 0);
  EXPECT_EQ(all.found.value, 125);
  EXPECT_EQ(all.rejected, 0u);
  EXPECT_NEAR(all.total_variation.value, 0, 1e-12);
  EXPECT_NEAR(all.divergence.value, 0, 1e-12);
}

TEST(ModeCoverage, DroppedModesShowInEveryNumber) {
  // 25 of 125 modes dropped: the others are 1/100 instead of 1/125.
  const Assigned assigned = in_proportion(balanced_modes(16), 1000, [](std::size_t m) { return m >= 25; });
  const ModeCoverage coverage = mode_coverage(balanced_modes(16), assigned, 0);
  EXPECT_EQ(coverage.found.value, 100);
  EXPECT_LT(coverage.found.value, coverage.found.floor.low);
  EXPECT_NEAR(coverage.total_variation.value, 0.2, 1e-12);
  EXPECT_NEAR(coverage.divergence.value, std::log(1.25), 1e-12);
}

TEST(ModeCoverage, OneModeAgainAndAgainIsCollapse) {
  const ModeCoverage coverage = mode_coverage(balanced_modes(16), Assigned(500, 3), 0);
  EXPECT_EQ(coverage.found.value, 1);
  EXPECT_NEAR(coverage.total_variation.value, 124. / 125, 1e-12);
  EXPECT_NEAR(coverage.divergence.value, std::log(125), 1e-12);
}

TEST(ModeCoverage, LostRareModesAreCountedApart) {
  const ModeDesign design = modes_with_rare_ones(16);
  const auto common = [&](std::size_t m) { return design.modes[m].frequency > 0.02; };
  const ModeCoverage coverage = mode_coverage(design, in_proportion(design, 1000, common), 0);
  EXPECT_EQ(coverage.rare_modes, 15u);
  EXPECT_EQ(coverage.rare_found.value, 0);
  EXPECT_GT(coverage.rare_found.floor.low, 14);
  EXPECT_EQ(coverage.found.value, 10);
  EXPECT_NEAR(coverage.total_variation.value, 0.15, 1e-9);
  EXPECT_EQ(mode_coverage(balanced_modes(16), Assigned(500, 3), 0).rare_modes, 0u);
}

TEST(ModeCoverage, OfVolumesThatAreNoModeNothingIsCovered) {
  const ModeCoverage coverage = mode_coverage(balanced_modes(16), Assigned(200), 0);
  EXPECT_EQ(coverage.rejected, 200u);
  EXPECT_EQ(coverage.found.value, 0);
  EXPECT_EQ(coverage.total_variation.value, 1);
  EXPECT_TRUE(std::isnan(coverage.divergence.value));
}

TEST(ModeCoverage, TheFloorIsThatOfSamplesOfTheTruth) {
  // A mode of frequency 1/125 is missed by 500 volumes with probability (1 - 1/125)^500.
  const ModeCoverage coverage = mode_coverage(balanced_modes(16), Assigned(500, 3), 0);
  const double expected = 125 * (1 - std::pow(1 - 1. / 125, 500));
  EXPECT_NEAR(coverage.found.floor.mean, expected, 4 * std::sqrt((125 - expected) / 1000));
}

TEST(ModeCoverage, FewerVolumesThanModesAreRefused) {
  test::refusal(ExitCode::input, [] { mode_coverage(balanced_modes(16), Assigned(124, 3), 0); });
}

}  // namespace
}  // namespace voxprior
