#include <filesystem>

#include "io/raw/kspace.h"
#include "io/raw/npy.h"
#include "io/raw/projections.h"
#include "io/volume_file.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::testdata;
using test::voxprior_run;
using testing::HasSubstr;
namespace fs = std::filesystem;

class Simulate : public test::WorkflowTest {
 protected:
  Outcome mri(const std::string& out, const std::vector<std::string>& more = {}) {
    return run("mri", testdata("brain_t1_crop.nii.gz"), out, more);
  }
  Outcome run(const std::string& what, const std::string& in, const std::string& out,
              const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"simulate", what, in, file(out), "--threads", "1", "--progress", "none"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
  /// A small CT-like volume: a cylinder of water in air.
  std::string water() {
    Volume volume;
    volume.geometry.size = {24, 20, 4};
    volume.geometry.spacing_mm = {2, 2, 3};
    volume.geometry.origin_mm = {-10, 5, 40};
    for (int k = 0; k < 4; ++k)
      for (int j = 0; j < 20; ++j)
        for (int i = 0; i < 24; ++i) volume.voxels.push_back(std::hypot(i - 11.5, j - 9.5) < 8 ? 0.f : -1000.f);
    write_volume(file("water.nii.gz"), volume, {Overwrite::yes, ""});
    return file("water.nii.gz");
  }
};

TEST_F(Simulate, KSpaceComesWithItsMapsMaskAndTruth) {
  const Outcome outcome = mri("scan.h5", {"--coils", "4", "--noise", "1", "--calibration", "12"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("wrote " + file("scan.h5")));
  const Volume scan = read_volume(testdata("brain_t1_crop.nii.gz")), truth = read_volume(file("scan.truth.nii.gz"));
  EXPECT_EQ(truth.voxels, scan.voxels);
  const KSpace kspace = read_kspace(file("scan.h5"), {}, {});
  EXPECT_EQ(kspace.coils, 4);
  EXPECT_EQ(kspace.grid.size, scan.geometry.size);
  for (int axis = 0; axis < 3; ++axis) {
    EXPECT_NEAR(kspace.grid.origin_mm[axis], scan.geometry.origin_mm[axis], 1e-3);
    EXPECT_NEAR(kspace.grid.spacing_mm[axis], scan.geometry.spacing_mm[axis], 1e-5);
  }
  EXPECT_EQ(kspace.noise_samples(), 4096);
  const NumberArray mask = read_npy(file("scan.mask.npy")), maps = read_npy(file("scan.maps.npy"));
  EXPECT_EQ(mask.kind, NumberArray::Kind::boolean);
  EXPECT_EQ(maps.shape.front(), 4);
  double sampled = 0;
  for (std::size_t n = 0; n < mask.values.size(); ++n) {
    EXPECT_EQ(mask.values[n].real(), kspace.sampled[n]);
    sampled += kspace.sampled[n];
  }
  EXPECT_NEAR(static_cast<double>(mask.values.size()) / sampled, 4, 0.2);
  EXPECT_EQ(json("scan.voxprior.json")["simulation"]["coils"], 4);
}

TEST_F(Simulate, TheSameCommandGivesTheSameData) {
  ASSERT_EQ(mri("a.npy", {"--coils", "2", "--noise", "2", "--seed", "3"}).exit_code, 0);
  ASSERT_EQ(mri("b.npy", {"--coils", "2", "--noise", "2", "--seed", "3"}).exit_code, 0);
  ASSERT_EQ(mri("c.cfl", {"--coils", "2", "--noise", "2", "--seed", "4"}).exit_code, 0);
  EXPECT_EQ(test::bytes_of(file("a.npy")), test::bytes_of(file("b.npy")));
  EXPECT_NE(read_kspace(file("a.npy"), {}, {}).samples, read_kspace(file("c.cfl"), {}, {}).samples);
}

TEST_F(Simulate, WhatCannotBeLeavesNothing) {
  expect_refused(mri("scan.mat"), 2, "simulate mri");
  expect_refused(mri("scan.h5", {"--coils", "0"}), 2, "simulate mri");
  expect_refused(mri("scan.h5", {"--noise", "-1"}), 2, "simulate mri");
  expect_refused(mri("scan.h5", {"--acceleration", "0.5"}), 2, "simulate mri");
  expect_refused(mri("scan.h5", {"--acceleration", "20", "--calibration", "40"}), 2, "simulate mri");
  expect_refused(run("ct", water(), "scan.nii.gz"), 2, "simulate ct");
  expect_refused(run("ct", water(), "scan.mha", {"--beam", "fan", "--source-to-isocentre", "10"}), 2, "simulate ct");
  expect_refused(run("ct", water(), "scan.mha", {"--electronic", "10"}), 2, "simulate ct");
  expect_refused(run("ct", water(), "scan.mha", {"--rows", "3"}), 2, "simulate ct");
  expect_refused(run("ct", file("missing.nii.gz"), "scan.mha"), 3, "simulate ct");
  EXPECT_EQ(scratch_.names(), std::set<std::string>{"water.nii.gz"});
}

TEST_F(Simulate, ProjectionsHoldTheAttenuationOfTheVolume) {
  for (const std::string beam : {"parallel", "fan", "cone"}) {
    const Outcome outcome = run("ct", water(), beam + ".mha", {"--beam", beam, "--views", "7"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.error_lines(), 0) << outcome.err;  // the detector sees it all: no notice
    const Projections found = read_projections(file(beam + ".mha"), file(beam + ".toml"), 1 << 20);
    EXPECT_EQ(found.views(), 7);
    EXPECT_NEAR(*std::max_element(found.values.begin(), found.values.end()), 32 * 0.02, 0.1) << beam;  // a diameter
    ASSERT_TRUE(found.scan.grid);
    EXPECT_EQ(found.scan.grid->size, (std::array<std::int64_t, 3>{24, 20, 4}));
  }
}

TEST_F(Simulate, ADetectorThatIsTooNarrowIsToldInMillimetres) {
  const Outcome outcome = run("ct", water(), "scan.mha", {"--views", "5", "--columns", "11"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("mm from the axis of rotation, every view sees"));
}

TEST_F(Simulate, FewPhotonsMakeNoisyProjections) {
  ASSERT_EQ(run("ct", water(), "clean.mha", {"--views", "9"}).exit_code, 0);
  ASSERT_EQ(run("ct", water(), "noisy.mha", {"--views", "9", "--photons", "1000"}).exit_code, 0);
  const Projections clean = read_projections(file("clean.mha"), file("clean.toml"), 1 << 20);
  const Projections noisy = read_projections(file("noisy.mha"), file("noisy.toml"), 1 << 20);
  double squares = 0, expected = 0;
  for (std::size_t n = 0; n < clean.values.size(); ++n) {
    squares += std::pow(noisy.values[n] - clean.values[n], 2);
    expected += std::exp(clean.values[n]) / 1000;  // the variance of a logarithm of counts
  }
  EXPECT_NEAR(squares / expected, 1, 0.1);
  EXPECT_EQ(noisy.scan.photons_per_ray, 1000);
}

}  // namespace
}  // namespace voxprior
