// What may go wrong around a batch: the disk, the memory, the model, inputs that change under it.
#include <random>

#include "tests/support/file_size_limit.h"
#include "tests/workflows/batch_fixture.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using testing::HasSubstr;

using BatchFaults = test::BatchTest;

std::vector<std::string> unfinished_files(const fs::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.rfind(".part-", 0) == 0) found.push_back(name);
  }
  return found;
}

TEST_F(BatchFaults, AFullDiskEndsTheRunWithNoPartialFileAndTheNextOneCompletes) {
  put_scans(3);
  put_scan("in/b.nii", 5);  // stored plain: larger than the limit
  fs::remove(scratch_ / "in" / "b.nii.gz");
  ASSERT_EQ(batch("whole").exit_code, 0);
  const auto limit = fs::file_size(scratch_ / "whole" / "b.nii") - 1;
  {
    const test::FileSizeLimit full(limit);
    const Outcome outcome = batch("out");
    test::expect_refused(outcome, 5, "batch");
    EXPECT_THAT(outcome.err, HasSubstr("b.nii"));
  }
  EXPECT_THAT(unfinished_files(scratch_ / "out"), testing::IsEmpty());
  EXPECT_FALSE(fs::exists(scratch_ / "out" / "b.nii"));
  EXPECT_FALSE(fs::exists(scratch_ / "out" / "b.voxprior.json"));
  ASSERT_EQ(batch("out").exit_code, 0);
  EXPECT_EQ(results("out"), results("whole"));
}

TEST_F(BatchFaults, OutThatCannotBeWrittenIsRefused) {
  put_scans(1);
  test::put_bytes(scratch_ / "out", "a file");
  test::expect_refused(batch("out"), 5, "batch");
  test::expect_refused(batch("out/below"), 5, "batch");
}

TEST_F(BatchFaults, OutThatVanishesEndsTheRun) {
  put_scans(8);
  test::Process process(test::program(), words(file("in"), file("out")));
  process.wait_for(": wrote ");
  fs::rename(scratch_ / "out", scratch_ / "elsewhere");
  const Outcome outcome = process.wait();
  EXPECT_EQ(outcome.exit_code, 5) << outcome.err << outcome.out;
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
  fs::rename(scratch_ / "elsewhere", scratch_ / "out");
  EXPECT_EQ(batch("out").exit_code, 0);
}

TEST_F(BatchFaults, AnInputThatChangesWhileItIsWorkedOnFailsAlone) {
  put_scans(2);
  test::Process process(test::program(), words(file("in"), file("out"), {"--tile", "16", "--progress", "slicer"}));
  process.wait_for("a.nii.gz: denoising</filter-comment></filter-start>\n<filter-progress>");
  put_scan("in/a.nii.gz", 99);
  const Outcome outcome = process.wait();
  EXPECT_EQ(outcome.exit_code, 8) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("a.nii.gz\": changed while it was worked on"));
  EXPECT_FALSE(fs::exists(scratch_ / "out" / "a.nii.gz"));
  EXPECT_TRUE(fs::exists(scratch_ / "out" / "b.nii.gz"));
}

TEST_F(BatchFaults, AVolumeThatDoesNotFitIntoMemoryFailsAloneWithTheNumberNeeded) {
  put_scans(1);
  const Outcome outcome = batch("out", {"--memory", "300"});
  EXPECT_EQ(outcome.exit_code, 8);
  EXPECT_THAT(outcome.out, HasSubstr("a.nii.gz: failed: \"a.nii.gz\": the volume and the libraries take "));
  EXPECT_EQ(table("out/failures.tsv").at(0).at("exit_code"), "6");
}

TEST_F(BatchFaults, ADamagedModelEndsTheRun) {
  put_scans(2);
  const std::string model = test::bytes_of(VOXPRIOR_RANDOM_MODEL);
  test::put_bytes(scratch_ / "cut.safetensors", model.substr(0, model.size() / 2));
  const Outcome outcome = test::voxprior_run({"batch", file("in"), file("out"), "--model", file("cut.safetensors")});
  test::expect_refused(outcome, 4, "batch");
}

TEST_F(BatchFaults, AScanOfAnotherModalityFailsAloneUnlessForced) {
  put_scans(1);
  Volume ct = read_volume(scratch_ / "in" / "a.nii.gz");
  for (float& voxel : ct.voxels) voxel = voxel > 0 ? voxel / 10 : -1000;
  ct.stored.type = VoxelType::int16;
  ct.stored.slope = 1;
  ct.stored.intercept = 0;
  write_volume(scratch_ / "in" / "ct.nii.gz", ct);
  const Outcome outcome = batch("out");
  EXPECT_EQ(outcome.exit_code, 8);
  EXPECT_THAT(outcome.out, HasSubstr("ct.nii.gz: failed: \"ct.nii.gz\": looks like CT"));
  EXPECT_TRUE(fs::exists(scratch_ / "out" / "a.nii.gz"));
  EXPECT_EQ(batch("out", {"--force"}).exit_code, 0);
}

TEST_F(BatchFaults, AConstantVolumeIsCopiedWithANotice) {
  put_scans(1);
  Volume flat = read_volume(scratch_ / "in" / "a.nii.gz");
  flat.voxels.assign(flat.voxels.size(), 7);
  write_volume(scratch_ / "in" / "flat.nii.gz", flat);
  const Outcome outcome = batch("out");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("flat.nii.gz; notice: all voxels have one value: copied"));
  EXPECT_EQ(read_volume(scratch_ / "out" / "flat.nii.gz").voxels, flat.voxels);
}

}  // namespace
}  // namespace voxprior
