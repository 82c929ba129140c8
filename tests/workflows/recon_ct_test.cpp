#include <cmath>

#include "tests/workflows/recon_fixture.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::testdata;
using testing::HasSubstr;

class ReconCt : public test::ReconTest {};

/// A head of water with two inserts, in HU.
Volume phantom() {
  Volume volume;
  volume.geometry.size = {40, 40, 4};
  volume.geometry.spacing_mm = {4, 4, 4};
  volume.geometry.origin_mm = {-78, -78, 10};
  volume.modality = Modality::ct;
  for (int k = 0; k < 4; ++k) {
    for (int j = 0; j < 40; ++j) {
      for (int i = 0; i < 40; ++i) {
        const double r = std::hypot(i - 19.5, j - 19.5);
        const float soft = std::hypot(i - 14., j - 20.) < 4 ? 80.f : std::hypot(i - 26., j - 16.) < 3 ? -100.f : 0.f;
        volume.voxels.push_back(r > 17 ? -1000.f : r > 15 ? 700.f : soft);
      }
    }
  }
  return volume;
}

/// Root mean square error in HU inside the head.
double error_hu(const Volume& reference, const Volume& test) {
  double squares = 0, count = 0;
  for (std::size_t n = 0; n < reference.voxels.size(); ++n) {
    if (reference.voxels[n] < -500) continue;
    squares += std::pow(reference.voxels[n] - test.voxels[n], 2);
    ++count;
  }
  return std::sqrt(squares / count);
}

TEST_F(ReconCt, CtComesBackInHounsfieldUnits) {
  write_volume(file("head.nii.gz"), phantom());
  for (const std::string beam : {"fan", "cone"}) {
    const Outcome simulated = run("simulate", "ct", file("head.nii.gz"), "scan.mha",
                                  {"--beam", beam, "--views", "40", "--photons", "1e5", "--overwrite"});
    ASSERT_EQ(simulated.exit_code, 0) << simulated.err;
    std::map<std::string, double> found;
    const std::string other = beam == "fan" ? "tv" : "cg";
    for (const std::string& method : {std::string("fbp"), other}) {
      std::vector<std::string> words{"--method", method, "--overwrite"};
      if (method == "tv") words.insert(words.end(), {"--iterations", "40"});
      const Outcome outcome = recon("ct", file("scan.mha"), method + ".nii.gz", words);
      ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
      found[method] = error_hu(phantom(), volume(method + ".nii.gz"));
      RecordProperty(beam + "_" + method, std::to_string(found[method]));
    }
    EXPECT_LT(found["fbp"], 300) << beam;
    EXPECT_LT(found[other], 0.7 * found["fbp"]) << beam << ' ' << other;  // 3 dB
    EXPECT_EQ(volume("fbp.nii.gz").geometry.origin_mm, phantom().geometry.origin_mm);
  }
}

TEST_F(ReconCt, AVolumeBeyondTheFieldOfViewIsToldInMillimetres) {
  write_volume(file("head.nii.gz"), phantom());
  ASSERT_EQ(run("simulate", "ct", file("head.nii.gz"), "scan.mha", {"--views", "12", "--columns", "20"}).exit_code, 0);
  const Outcome outcome = recon("ct", file("scan.mha"), "fbp.nii.gz", {"--method", "fbp"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, testing::ContainsRegex("notice: the volume reaches [0-9.]+ mm from the axis of rotation, "
                                                  "every view sees [0-9.]+ mm"));
}

TEST_F(ReconCt, BadCtIsRefusedInOneLineAndLeavesNothing) {
  write_volume(file("head.nii.gz"), phantom());
  ASSERT_EQ(run("simulate", "ct", file("head.nii.gz"), "scan.mha", {"--views", "12"}).exit_code, 0);
  const std::string good = test::bytes_of(file("scan.toml"));
  const auto with = [&](const std::string& what, const std::string& by) {
    std::string text = good;
    text.replace(text.find(what), what.size(), by);
    test::put_bytes(scratch_ / "edited.toml", text);
  };
  with("[0, 15,", "[15,");
  const std::set<std::string> before = scratch_.names();
  const auto refused = [&](int code, const std::vector<std::string>& more) {
    const Outcome outcome = recon("ct", file("scan.mha"), "out.nii.gz", test::with_method("fbp", more));
    expect_refused(outcome, code, "recon ct");
    EXPECT_THAT(new_since(before), testing::IsEmpty());
    return outcome.err;
  };
  EXPECT_THAT(refused(3, {"--geometry", file("edited.toml")}), HasSubstr("12 views"));
  with("column_pitch_mm = 4", "column_pitch_mm = 5");
  EXPECT_THAT(refused(3, {"--geometry", file("edited.toml")}), HasSubstr("pitch"));
  EXPECT_THAT(refused(3, {"--geometry", file("missing.toml")}), HasSubstr("no such file"));
  EXPECT_THAT(refused(2, {"--geometry", file("head.nii.gz")}), HasSubstr("unknown kind of geometry"));
  EXPECT_THAT(refused(3, {"--like", testdata("brain_t1_crop.nii.gz")}), HasSubstr("axes do not run along"));
  refused(2, {"--method", "magic"});
  refused(3, {"--method", "pnp-hqs", "--prior", VOXPRIOR_RANDOM_MODEL});  // trained on MR
}

}  // namespace
}  // namespace voxprior
