// A model file is data from elsewhere: whatever is wrong with it ends in exit 4, one line, and no output.
#include <cstdint>
#include <cstring>

#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::bytes_of;
using test::put_bytes;
using testing::HasSubstr;

class DamagedModel : public test::WorkflowTest {
 protected:
  std::string refusal_of(const std::string& bytes) {
    put_bytes(scratch_ / "model.safetensors", bytes);
    return refusal_of_name(file("model.safetensors"));
  }

  std::string refusal_of_name(const std::string& model, const std::map<std::string, std::string>& environment = {}) {
    const auto before = scratch_.names();
    const test::Outcome outcome =
        test::voxprior_run({"denoise", test::testdata("brain_t1_crop.nii.gz"), file("out.nii.gz"), "--model", model,
                            "--sigma", "50", "--progress", "none"},
                           environment);
    test::expect_refused(outcome, 4, "denoise");
    EXPECT_EQ(scratch_.names(), before) << "something was written";
    return outcome.err;
  }

  /// The good model with one text in its header replaced by another of the same length.
  static std::string good_with(const std::string& from, const std::string& to) {
    std::string bytes = good();
    const size_t place = bytes.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    EXPECT_EQ(from.size(), to.size());
    return bytes.replace(place, from.size(), to);
  }

  static std::string good() { return bytes_of(VOXPRIOR_RANDOM_MODEL); }
};

TEST_F(DamagedModel, Missing) { EXPECT_THAT(refusal_of_name(file("none.safetensors")), HasSubstr("no such model")); }

TEST_F(DamagedModel, UnknownNameListsTheKnownOnes) {
  std::filesystem::create_directory(scratch_ / "models");
  put_bytes(scratch_ / "models" / "knee-pd.safetensors", good());
  const std::string message = refusal_of_name("elbow", {{"VOXPRIOR_MODELS", file("models")}});
  EXPECT_THAT(message, HasSubstr("elbow"));
  EXPECT_THAT(message, HasSubstr("knee-pd"));
}

TEST_F(DamagedModel, Truncated) {
  const std::string bytes = good();
  for (const double share : {0., 0.001, 0.1, 0.5, 0.999}) {
    refusal_of(bytes.substr(0, static_cast<size_t>(share * static_cast<double>(bytes.size()))));
  }
}

TEST_F(DamagedModel, LongerThanItSays) { refusal_of(good() + "x"); }

TEST_F(DamagedModel, NoSafetensorsAtAll) { refusal_of(std::string(5000, 'A')); }

TEST_F(DamagedModel, HeaderLengthBeyondTheFile) {
  std::string bytes = good();
  const std::uint64_t huge = ~std::uint64_t{0};
  std::memcpy(bytes.data(), &huge, sizeof huge);
  refusal_of(bytes);
}

TEST_F(DamagedModel, WrongArchitecture) {
  EXPECT_THAT(refusal_of(good_with("haar-local-unet", "haar-local-tree")), HasSubstr("haar-local-tree"));
}

TEST_F(DamagedModel, RenamedTensor) { refusal_of(good_with("\"feature_std\"", "\"feature_sdt\"")); }

TEST_F(DamagedModel, GoodModelIsAccepted) {
  EXPECT_EQ(denoise(test::testdata("brain_t1_crop.nii.gz"), file("out.nii.gz"), {"--sigma", "50"}).exit_code, 0);
}

}  // namespace
}  // namespace voxprior
