#include <cmath>

#include "io/raw/ismrmrd_file.h"
#include "io/raw/npy.h"
#include "tests/workflows/recon_fixture.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::psnr;
using test::testdata;
using testing::HasSubstr;
namespace fs = std::filesystem;

class ReconMri : public test::ReconTest {
 protected:
  /// Simulated raw data of the piece: scan.h5 and what comes with it.
  void simulate(const std::vector<std::string>& more = {"--coils", "4", "--calibration", "10", "--noise", "1"}) {
    write_volume(file("piece.nii.gz"), piece());
    const Outcome outcome = run("simulate", "mri", file("piece.nii.gz"), "scan.h5", more);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
};

TEST_F(ReconMri, MethodsWithMoreKnowledgeAreBetter) {
  simulate();
  const Volume truth = volume("piece.nii.gz");
  std::map<std::string, double> found;
  for (const std::string method : {"adjoint", "cg", "pnp-hqs"}) {
    const Outcome outcome =
        recon("mri", file("scan.h5"), method + ".nii.gz", {"--method", method, "--maps", file("scan.maps.npy")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("data consistency: |A x - y| / |y| = "));
    EXPECT_THAT(outcome.out, HasSubstr("of the noise\nwrote "));
    found[method] = psnr(truth, volume(method + ".nii.gz"));
    RecordProperty(method, std::to_string(found[method]));
  }
  EXPECT_GT(found["cg"], found["adjoint"] + 1);
  EXPECT_GT(found["pnp-hqs"], found["cg"] + 1);
  const Volume image = volume("cg.nii.gz");
  for (int axis = 0; axis < 3; ++axis)
    EXPECT_NEAR(image.geometry.origin_mm[axis], truth.geometry.origin_mm[axis], 1e-3);
  EXPECT_EQ(json("pnp-hqs.voxprior.json")["reconstruction"]["model"]["name"], "mri-t1");
}

/// The volume with `margin` voxels of air around it: the calibration needs an object that ends inside the field of
/// view.
Volume in_air(const Volume& volume, std::int64_t margin) {
  const auto& size = volume.geometry.size;
  Volume larger;
  larger.geometry = volume.geometry;
  for (std::int64_t& n : larger.geometry.size) n += 2 * margin;
  larger.voxels.assign(static_cast<std::size_t>(larger.geometry.voxel_count()), 0);
  std::size_t at = 0;
  for (std::int64_t k = 0; k < size[2]; ++k)
    for (std::int64_t j = 0; j < size[1]; ++j)
      for (std::int64_t i = 0; i < size[0]; ++i)
        larger.voxels[static_cast<std::size_t>(
            ((k + margin) * (size[1] + 2 * margin) + j + margin) * (size[0] + 2 * margin) + i + margin)] =
            volume.voxels[at++];
  return larger;
}

TEST_F(ReconMri, CoilMapsComeFromTheCentreOfKSpaceWhenNoneAreGiven) {
  const Volume head = in_air(piece(), 6);
  write_volume(file("head.nii.gz"), head);
  const std::vector<std::string> words{"--coils", "14", "--calibration", "14", "--acceleration", "2.5", "--noise", "1"};
  ASSERT_EQ(run("simulate", "mri", file("head.nii.gz"), "scan.h5", words).exit_code, 0);
  const Outcome found = recon("mri", file("scan.h5"), "found.nii.gz", {"--method", "cg"});
  ASSERT_EQ(found.exit_code, 0) << found.err;
  EXPECT_THAT(found.err, HasSubstr("notice: 14 coils combined to 12, which hold "));
  const Outcome given =
      recon("mri", file("scan.h5"), "given.nii.gz", {"--method", "cg", "--maps", file("scan.maps.npy")});
  ASSERT_EQ(given.exit_code, 0) << given.err;
  const double with_found = psnr(head, volume("found.nii.gz")), with_given = psnr(head, volume("given.nii.gz"));
  RecordProperty("found", std::to_string(with_found));
  RecordProperty("given", std::to_string(with_given));
  EXPECT_GT(with_found, with_given - 1);
}

TEST_F(ReconMri, OneSliceIsAsGoodAsAVolume) {
  const Volume slice = test::part_of(read_volume(testdata("brain_t1_crop.nii.gz")), {1, 1, 18}, {47, 39, 1});
  write_volume(file("slice.nii.gz"), slice);
  const Outcome simulated =
      run("simulate", "mri", file("slice.nii.gz"), "scan.npy",
          {"--mask", "lines", "--acceleration", "3", "--calibration", "8", "--coils", "6", "--noise", "3"});
  ASSERT_EQ(simulated.exit_code, 0) << simulated.err;
  std::map<std::string, double> found;
  for (const std::string method : {"cg", "pnp-hqs"}) {
    const Outcome outcome = recon("mri", file("scan.npy"), method + ".nii.gz",
                                  {"--method", method, "--maps", file("scan.maps.npy"), "--like", file("slice.nii.gz"),
                                   "--preview", file(method + ".png")});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    found[method] = psnr(slice, volume(method + ".nii.gz"));
    RecordProperty(method, std::to_string(found[method]));
  }
  EXPECT_GT(found["pnp-hqs"], found["cg"] + 1);
  const Geometry geometry = volume("pnp-hqs.nii.gz").geometry;
  EXPECT_EQ(geometry.size, slice.geometry.size);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    EXPECT_NEAR(geometry.origin_mm[axis], slice.geometry.origin_mm[axis], 1e-3);
    EXPECT_NEAR(geometry.spacing_mm[axis], slice.geometry.spacing_mm[axis], 1e-5);
  }
}

TEST_F(ReconMri, SpokesAreReconstructedFromEveryFormat) {
  const Volume slice = in_air(test::part_of(read_volume(testdata("brain_t1_crop.nii.gz")), {4, 4, 18}, {36, 32, 1}), 0);
  write_volume(file("slice.nii.gz"), slice);
  for (const std::string ending : {".h5", ".npy", ".cfl"}) {
    const Outcome simulated =
        run("simulate", "mri", file("slice.nii.gz"), "scan" + ending,
            {"--mask", "radial", "--acceleration", "1.5", "--coils", "4", "--noise", "1", "--overwrite"});
    ASSERT_EQ(simulated.exit_code, 0) << simulated.err;
    EXPECT_THAT(simulated.out, HasSubstr("as spokes"));
    const std::string arrays = ending == ".h5" ? ".npy" : ending;
    std::vector<std::string> words{"--method", "cg", "--maps", file("scan.maps" + arrays), "--overwrite"};
    if (ending != ".h5")
      words.insert(words.end(), {"--trajectory", file("scan.trajectory" + ending), "--like", file("slice.nii.gz")});
    const Outcome outcome = recon("mri", file("scan" + ending), "image.nii.gz", words);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("notice: trajectory: "));
    const double found = psnr(slice, volume("image.nii.gz"));
    RecordProperty(ending, std::to_string(found));
    EXPECT_GT(found, 25) << ending;
    EXPECT_EQ(volume("image.nii.gz").geometry.size, slice.geometry.size);
  }
  const std::set<std::string> before = scratch_.names();
  expect_refused(recon("mri", file("scan.npy"), "x.nii.gz",
                       {"--trajectory", file("scan.trajectory.npy"), "--mask", file("scan.maps.npy")}),
                 2, "recon mri");
  expect_refused(recon("mri", file("scan.npy"), "x.nii.gz", {"--trajectory", file("scan.maps.npy")}), 3, "recon mri");
  expect_refused(run("simulate", "mri", file("slice.nii.gz"), "y.h5", {"--mask", "radial", "--calibration", "8"}), 2,
                 "simulate mri");
  EXPECT_EQ(new_since(before), std::set<std::string>{});
}

TEST_F(ReconMri, DivergenceIsToldAndTheBestIterateKept) {
  simulate();
  const Outcome outcome =
      recon("mri", file("scan.h5"), "out.nii.gz",
            {"--method", "pnp-pgd", "--step", "50", "--maps", file("scan.maps.npy"), "--prior", VOXPRIOR_RANDOM_MODEL});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("notice: the iterations diverged; the image is that of iteration "));
  EXPECT_EQ(json("out.voxprior.json")["reconstruction"]["stopped"], "diverged");
}

TEST_F(ReconMri, LogPreviewSamplesAndDicomAreWritten) {
  simulate();
  const Outcome outcome = recon("mri", file("scan.h5"), "series",
                                {"--method", "dds", "--iterations", "3", "--samples", "2", "--uncertainty",
                                 file("std.nii.gz"), "--log", file("log.jsonl"), "--preview", file("p.png"), "--maps",
                                 file("scan.maps.npy"), "--prior", VOXPRIOR_RANDOM_MODEL});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::istringstream lines(test::bytes_of(file("log.jsonl")));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const nlohmann::json record = nlohmann::json::parse(line);
    EXPECT_EQ(record["sample"], count / 3);
    EXPECT_EQ(record["iteration"], count % 3 + 1);
    EXPECT_GT(record["data_residual"].get<double>(), 0);
  }
  EXPECT_EQ(count, 6);
  EXPECT_TRUE(fs::exists(file("p.png")));
  const Volume spread = volume("std.nii.gz");
  EXPECT_GT(*std::max_element(spread.voxels.begin(), spread.voxels.end()), 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(file("series")), fs::directory_iterator()), 16);
  EXPECT_TRUE(fs::exists(file("series.voxprior.json")));
}

TEST_F(ReconMri, BadMriIsRefusedInOneLineAndLeavesNothing) {
  simulate();
  ASSERT_EQ(run("simulate", "mri", file("piece.nii.gz"), "a.npy", {"--coils", "4", "--calibration", "0"}).exit_code, 0);
  const NumberArray good = read_npy(file("a.npy"));
  NumberArray nan = good, empty = good, mask = read_npy(file("a.mask.npy")), maps = read_npy(file("a.maps.npy"));
  nan.values[7] = {NAN, 0};
  write_npy(file("nan.npy"), nan, Overwrite::no);
  std::fill(empty.values.begin(), empty.values.end(), 0);
  write_npy(file("empty.npy"), empty, Overwrite::no);
  std::fill(mask.values.begin(), mask.values.begin() + 3000, 0);
  write_npy(file("hiding.npy"), mask, Overwrite::no);
  mask.shape = {16, 16, 64};
  write_npy(file("size.npy"), mask, Overwrite::no);
  maps.shape = {2, 32, 32, 32};
  write_npy(file("coils.npy"), maps, Overwrite::no);
  const std::string whole = test::bytes_of(file("scan.h5"));
  test::put_bytes(scratch_ / "cut.h5", whole.substr(0, whole.size() / 2));
  KSpace coilless;
  coilless.grid.size = coilless.shown = {4, 4, 2};
  coilless.sampled.assign(32, 1);
  write_ismrmrd(file("none.h5"), coilless, Overwrite::no);

  const std::set<std::string> before = scratch_.names();
  const auto refused = [&](const std::string& in, int code, const std::vector<std::string>& more = {}) {
    const Outcome outcome = recon("mri", file(in), "out.nii.gz", test::with_method("cg", more));
    expect_refused(outcome, code, "recon mri");
    EXPECT_THAT(new_since(before), testing::IsEmpty()) << in;
    return outcome.err;
  };
  EXPECT_THAT(refused("nan.npy", 3), HasSubstr("NaN"));
  EXPECT_THAT(refused("empty.npy", 3), HasSubstr("no sample"));
  EXPECT_THAT(refused("none.h5", 3), HasSubstr("no coil"));
  EXPECT_THAT(refused("cut.h5", 3), HasSubstr("cut or damaged"));
  EXPECT_THAT(refused("a.npy", 3, {"--mask", file("size.npy")}), HasSubstr("does not fit"));
  EXPECT_THAT(refused("a.npy", 3, {"--mask", file("hiding.npy")}), HasSubstr("at which there are data"));
  EXPECT_THAT(refused("a.npy", 3, {"--maps", file("coils.npy")}), HasSubstr("do not fit"));
  EXPECT_THAT(refused("a.npy", 3, {"--spacing", "1x1x1"}), HasSubstr("no calibration region"));
  EXPECT_THAT(refused("a.npy", 3, {"--like", testdata("brain_t1_crop.nii.gz")}), HasSubstr("voxels"));
  EXPECT_THAT(refused("missing.h5", 3), HasSubstr("no such file"));
  refused("a.npy", 2, {"--spacing", "1x1"});
  refused("a.npy", 2, {"--select", "slice=1"});
  refused("scan.h5", 2, {"--spacing", "1x1x1"});
  refused("scan.h5", 2, {"--method", "magic"});
  refused("scan.h5", 2, {"--samples", "3"});
  refused("scan.h5", 2, {"--zeta", "0.5", "--maps", file("scan.maps.npy")});
  refused("scan.h5", 4, {"--method", "pnp-hqs", "--prior", file("none.safetensors")});
  refused("scan.h5", 6, {"--memory", "10"});
}

TEST_F(ReconMri, APriorOfAnotherModalityNeedsForce) {
  simulate();
  const std::vector<std::string> words{"--method", "pnp-hqs", "--iterations", "1", "--maps", file("scan.maps.npy"),
                                       "--prior",  "ct"};
  const std::set<std::string> before = scratch_.names();
  const Outcome refused = recon("mri", file("scan.h5"), "out.nii.gz", words);
  expect_refused(refused, 3, "recon mri");
  EXPECT_THAT(refused.err, HasSubstr("was trained on ct"));
  EXPECT_THAT(new_since(before), testing::IsEmpty());
  std::vector<std::string> forced = words;
  forced.push_back("--force");
  EXPECT_EQ(recon("mri", file("scan.h5"), "out.nii.gz", forced).exit_code, 0);
}

}  // namespace
}  // namespace voxprior
