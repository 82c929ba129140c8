#include "workflows/superres.h"

#include <numeric>

#include "base/error.h"

namespace voxprior {
namespace {

/// 6 x 5 x 4 voxels, across the slices of `axis` 4 mm apart, oblique, no two voxels alike, from 1 upwards.
Volume thick_across(std::size_t axis) {
  Volume volume;
  volume.geometry.size = {6, 5, 4};
  volume.geometry.spacing_mm = {1, 1.25, 1.5};
  volume.geometry.spacing_mm[axis] = 4;
  volume.geometry.origin_mm = {-10, 20, 30};
  volume.geometry.lps_from_index = {0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1};
  volume.voxels.resize(6 * 5 * 4);
  std::iota(volume.voxels.begin(), volume.voxels.end(), 1.f);
  return volume;
}

SuperresChoices defaults() {
  SuperresChoices choices;
  choices.profile = "boxcar";
  return choices;
}

std::array<double, 3> centre_of(const Geometry& grid) {
  std::array<double, 3> centre = grid.origin_mm;
  for (std::size_t axis = 0; axis < 3; ++axis)
    for (std::size_t row = 0; row < 3; ++row)
      centre[row] +=
          0.5 * static_cast<double>(grid.size[axis] - 1) * grid.spacing_mm[axis] * grid.lps_from_index[3 * row + axis];
  return centre;
}

/// Answers with the first thick voxel everywhere, and keeps what it was given.
class Remembering final : public ReconSession {
 public:
  const ModelFacts* model() const override { return nullptr; }
  std::string device() const override { return "cpu"; }
  std::string precision() const override { return "float32"; }
  ReconResult mri(MriProblem, ProgressDisplay&) const override { return {}; }
  ReconResult ct(CtProblem, ProgressDisplay&) const override { return {}; }
  ReconResult inpaint(InpaintProblem, ProgressDisplay&) const override { return {}; }
  ReconResult superres(SuperresProblem problem, ProgressDisplay&) const override {
    seen = std::move(problem);
    ReconResult result;
    const auto thick = seen.size_ijk[0] * seen.size_ijk[1] * seen.size_ijk[2];
    const auto count = thick / seen.size_ijk[static_cast<std::size_t>(seen.axis)] * seen.thin_count;
    result.image.assign(static_cast<std::size_t>(count), seen.voxels.front());
    return result;
  }

  mutable SuperresProblem seen;
};

class NoDisplay final : public ProgressDisplay {
 public:
  void stage(const std::string&) override {}
  void update(double) override {}
  void note(const std::string&) override {}
};

TEST(Superres, DividesTheAxisWithTheCoarsestSpacingAboutTheSameCentre) {
  for (const std::size_t axis : {0u, 1u, 2u}) {
    const Volume thick = thick_across(axis);
    const SuperresSetup setup = set_up_superres(thick, defaults(), "scan");
    const double finest =
        std::min(thick.geometry.spacing_mm[(axis + 1) % 3], thick.geometry.spacing_mm[(axis + 2) % 3]);
    EXPECT_EQ(setup.problem.axis, static_cast<int>(axis));
    EXPECT_EQ(setup.problem.thickness_mm, 4);
    EXPECT_EQ(setup.thin.geometry.spacing_mm[axis], finest);
    EXPECT_EQ(setup.thin.geometry.size[axis],
              std::llround(4 * static_cast<double>(thick.geometry.size[axis]) / finest));
    EXPECT_THAT(centre_of(setup.thin.geometry),
                testing::Pointwise(testing::DoubleNear(1e-9), centre_of(thick.geometry)));
  }
}

TEST(Superres, TakesThicknessAndSpacingThatAreAskedFor) {
  SuperresChoices choices = defaults();
  choices.spacing_mm = 2;
  choices.thickness_mm = 5;
  const SuperresSetup setup = set_up_superres(thick_across(2), choices, "scan");
  EXPECT_EQ(setup.problem.thickness_mm, 5);
  EXPECT_EQ(setup.problem.thin_count, 8);
  EXPECT_EQ(superres_bytes(setup.thin.geometry), 64. * 6 * 5 * 8);
}

TEST(Superres, RefusesSlicesThatAreNotThickByName) {
  SuperresChoices choices = defaults();
  choices.spacing_mm = 3;  // three quarters of what they are apart: the limit
  EXPECT_EQ(set_up_superres(thick_across(2), choices, "scan").problem.thin_count, 5);
  choices.spacing_mm = 3.01;
  try {
    set_up_superres(thick_across(2), choices, "scan");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::input);
    EXPECT_THAT(error.what(), testing::MatchesRegex("\"?scan\"?: its slices are 4 mm apart; .*hold nothing new"));
  }
}

/// A CT series of one volume with pixels of 1 x 1.25 mm and slices `apart_mm` from each other.
DicomSeries series_with(double apart_mm) {
  DicomSeries series;
  series.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";  // CT Image Storage
  series.stacks.resize(1);
  series.stacks[0].geometry.size = {6, 5, 4};
  series.stacks[0].geometry.spacing_mm = {1, 1.25, apart_mm};
  series.stacks[0].frames.resize(4);
  return series;
}

TEST(Superres, OfDicomTheThickSlicesMustBeItsSlicesAndLieEvenlyAndUpright) {
  EXPECT_EQ(reason_against_thin_slices(series_with(4), 0, defaults()), "");
  EXPECT_THAT(reason_against_thin_slices(series_with(1.3), 0, defaults()), testing::HasSubstr("hold nothing new"));
  EXPECT_THAT(reason_against_thin_slices(series_with(0.5), 0, defaults()), testing::HasSubstr("no thick ones"));
  SuperresChoices choices = defaults();
  choices.spacing_mm = 3.5;
  EXPECT_THAT(reason_against_thin_slices(series_with(4), 0, choices), testing::HasSubstr("thinner ones of 3.5 mm"));

  DicomSeries tilted = series_with(4), uneven = series_with(4), scattered = series_with(4);
  tilted.stacks[0].sheared = true;
  uneven.stacks[0].gaps_mm = {4, 4, 8};
  scattered.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2.1";  // Enhanced CT
  EXPECT_EQ(reason_against_thin_slices(scattered, 0, defaults()), "");
  scattered.stacks[0].frames[1].file = "other.dcm";
  EXPECT_THAT(reason_against_thin_slices(tilted, 0, defaults()), testing::HasSubstr("gantry tilt"));
  EXPECT_THAT(reason_against_thin_slices(uneven, 0, defaults()), testing::HasSubstr("not equally spaced"));
  EXPECT_THAT(reason_against_thin_slices(scattered, 0, defaults()), testing::HasSubstr("several Enhanced images"));
}

TEST(Superres, DividesTheSlicesWhereAllAxesAreAlike) {
  Volume cube = thick_across(2);
  cube.geometry.spacing_mm = {2.005, 2, 2};
  SuperresChoices choices = defaults();
  choices.spacing_mm = 1;
  EXPECT_EQ(set_up_superres(cube, choices, "scan").problem.axis, 2);
}

TEST(Superres, WhatLiesOutsideTheFieldOfViewOfACtIsAirToThePrior) {
  Volume thick = thick_across(2);
  thick.modality = Modality::ct;
  thick.voxels.front() = -3024;
  const SuperresSetup setup = set_up_superres(thick, defaults(), "scan");
  EXPECT_EQ(setup.problem.voxels.front(), -24);  // -1024 HU
  EXPECT_EQ(setup.problem.voxels.back(), 1120);
}

TEST(Superres, ShowsThePriorHounsfieldUnitsAboveAirAndGivesThemBack) {
  Volume thick = thick_across(2);
  thick.modality = Modality::ct;
  thick.voxels.front() = -1000;
  const Remembering session;
  NoDisplay progress;
  const ThinVolume made = make_thin(set_up_superres(thick, defaults(), "scan"), session, progress);
  EXPECT_EQ(session.seen.voxels.front(), 0);
  EXPECT_EQ(session.seen.voxels.back(), 1120);
  EXPECT_EQ(made.volume.modality, Modality::ct);
  EXPECT_EQ(static_cast<std::int64_t>(made.volume.voxels.size()), made.volume.geometry.voxel_count());
  for (const float voxel : made.volume.voxels) ASSERT_EQ(voxel, -1000);
  EXPECT_EQ(made.slices["axis"], "k");
  EXPECT_EQ(made.slices["thick_mm"], 4);
  EXPECT_EQ(made.slices["thin_mm"], 1);
}

}  // namespace
}  // namespace voxprior
