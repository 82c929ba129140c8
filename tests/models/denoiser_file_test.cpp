#include "models/denoiser_file.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "base/error.h"
#include "models/network_file.h"
#include "models/weights/safetensors.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::HasSubstr;

class DenoiserFile : public testing::Test {
 protected:
  DenoiserFile() : network_(UnetWidths{{8, 16}, {1, 1}, 8}) {
    torch::manual_seed(0);
    const torch::NoGradGuard no_grad;
    for (auto& p : network_->parameters()) p.normal_(0, 0.1);
    write_network(path_, network_, preconditioner_, card(), Overwrite::no);
  }

  static ModelCard card() {
    ModelCard card;
    card.name = "test";
    card.sigma_min = 0.01;
    card.sigma_max = 0.5;
    card.intensity = "mr-p99.5";
    card.modality = "mr";
    card.training_data = "nothing";
    card.licence = "Apache-2.0";
    card.recipe_sha256 = std::string(64, '0');
    card.program_version = "0.0.0";
    return card;
  }

  // The message with which the file, changed by `change`, is refused with ExitCode::model.
  template <typename Change>
  std::string refusal(Change change) {
    SafetensorsFile file = read_safetensors(path_);
    change(file);
    write_safetensors(path_, file, Overwrite::yes);
    try {
      load_denoiser(path_);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ExitCode::model);
      return e.what();
    }
    ADD_FAILURE() << "accepted";
    return "";
  }

  test::ScratchFolder scratch_;
  std::filesystem::path path_ = scratch_ / "model.safetensors";
  Unet network_;
  HaarPreconditioner preconditioner_{torch::linspace(2, 0.1, 9)};
};

TEST_F(DenoiserFile, ComesBackAsTheSameFunction) {
  const LoadedDenoiser loaded = load_denoiser(path_);
  EXPECT_EQ(loaded.card.name, "test");
  EXPECT_EQ(loaded.locality.alignment, 4);
  EXPECT_EQ(loaded.locality.halo, network_->widths().halo());
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::randn({1, 1, 8, 12, 16});
  EXPECT_TRUE(torch::equal(loaded.denoise(x, 0.1), preconditioner_.denoise(network_, x, torch::full({1}, 0.1))));
}

TEST_F(DenoiserFile, HalfPrecisionTakesHalfTheRoomAndIsTheSameWeightsRounded) {
  const auto whole = std::filesystem::file_size(path_);
  write_network(path_, network_, preconditioner_, card(), Overwrite::yes, {}, torch::kFloat16);
  EXPECT_LT(static_cast<double>(std::filesystem::file_size(path_)), 0.6 * static_cast<double>(whole));
  const NetworkFile read = read_network(path_, ModelKind::denoiser);
  const auto weights = network_->parameters(), rounded = read.network->parameters();
  ASSERT_EQ(weights.size(), rounded.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    EXPECT_EQ(rounded[i].scalar_type(), torch::kFloat32);
    EXPECT_TRUE(rounded[i].allclose(weights[i], 1. / 2048, 1e-7));
  }
}

TEST_F(DenoiserFile, RefusesAnotherArchitecture) {
  EXPECT_THAT(refusal([](SafetensorsFile& f) {
                std::string& json = f.metadata.at(kModelCardKey);
                json.replace(json.find("haar-local-unet"), 15, "other-local-net");
              }),
              HasSubstr("other-local-net"));
}

TEST_F(DenoiserFile, RefusesMissingMisshapenAndSurplusWeights) {
  const SafetensorsFile intact = read_safetensors(path_);
  EXPECT_THAT(refusal([](SafetensorsFile& f) { f.tensors.erase("network.stem.weight"); }), HasSubstr("stem.weight"));
  EXPECT_THAT(refusal([&](SafetensorsFile& f) {
                f = intact;
                f.tensors["network.stem.weight"] = torch::zeros({8, 8, 3, 3});
              }),
              HasSubstr("stem.weight"));
  EXPECT_THAT(refusal([&](SafetensorsFile& f) {
                f = intact;
                f.tensors["network.extra"] = torch::zeros({1});
              }),
              HasSubstr("weights"));
  EXPECT_THAT(refusal([&](SafetensorsFile& f) {
                f = intact;
                f.tensors["feature_std"] = torch::zeros({9});
              }),
              HasSubstr("feature_std"));
}

TEST_F(DenoiserFile, RefusesWidthsNoModelHas) {
  EXPECT_THAT(refusal([](SafetensorsFile& f) {
                std::string& json = f.metadata.at(kModelCardKey);
                json.replace(json.find("[8,16]"), 6, "[8,90000]");
              }),
              HasSubstr("90000"));
}

TEST_F(DenoiserFile, RefusesWeightsThatAreNotFinite) {
  EXPECT_THAT(refusal([](SafetensorsFile& f) { f.tensors.at("network.stem.weight").fill_(NAN); }), HasSubstr("finite"));
}

TEST_F(DenoiserFile, RefusesATruncatedAndAMissingFile) {
  std::ostringstream bytes;
  bytes << std::ifstream(path_, std::ios::binary).rdbuf();
  std::ofstream(path_, std::ios::binary) << bytes.str().substr(0, bytes.str().size() / 2);
  EXPECT_THROW(load_denoiser(path_), Error);
  EXPECT_THROW(load_denoiser(scratch_ / "none.safetensors"), Error);
}

}  // namespace
}  // namespace voxprior
