#include "models/cascade_files.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "models/network_file.h"
#include "pipeline/wavelet/haar.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

class CascadeFiles : public testing::Test {
 protected:
  void write(const std::string& name, ModelKind kind, const std::string& modality = "mr", std::int64_t depth = 8) {
    UnetWidths widths{{8, 16}, {1, 1}, 8};
    if (kind == ModelKind::diffusion) widths.heads = 2, widths.extra_features = 3;
    ModelCard card;
    card.name = "test";
    card.kind = name_of(kind);
    card.sigma_min = 0.01;
    card.sigma_max = kind == ModelKind::diffusion ? 40 : 1;
    card.intensity = "mr-p99.5";
    card.modality = modality;
    card.voxel_min_mm = card.voxel_max_mm = kind == ModelKind::diffusion ? 4 : 2;
    card.training_data = "nothing";
    card.licence = "Apache-2.0";
    card.recipe_sha256 = std::string(64, '0');
    card.program_version = "0.0.0";
    if (kind == ModelKind::diffusion) card.widths["grid"] = {depth, 16, 12};
    torch::manual_seed(1);
    Unet network(widths);
    const torch::NoGradGuard no_grad;
    for (auto& p : network->parameters()) p.normal_(0, 0.1);
    const LowBand low = kind == ModelKind::detail ? LowBand::given : LowBand::noisy;
    write_network(scratch_ / (name + ".safetensors"), network, HaarPreconditioner(torch::full({9}, 0.5f), low), card,
                  Overwrite::yes);
  }

  std::string refusal() {
    try {
      load_cascade(scratch_ / "");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
      return error.what();
    }
    return "was accepted";
  }

  test::ScratchFolder scratch_;
};

TEST_F(CascadeFiles, OctavesAreFoundAsFarAsTheyGo) {
  write("coarse", ModelKind::diffusion);
  EXPECT_EQ(load_cascade(scratch_ / "").octaves.size(), 0u);
  write("octave-1", ModelKind::detail);
  write("octave-2", ModelKind::detail);
  write("octave-4", ModelKind::detail);
  const LoadedCascade cascade = load_cascade(scratch_ / "");
  EXPECT_EQ(cascade.octaves.size(), 2u);
  EXPECT_EQ(cascade.coarse_size, (std::vector<std::int64_t>{8, 16, 12}));
  EXPECT_EQ(cascade.spacing.typical_mm, (Spacing{1, 1, 1}));
}

TEST_F(CascadeFiles, ACoarseNetworkSeesItsWholeVolumeAndADetailNetworkKeepsBlockMeans) {
  write("coarse", ModelKind::diffusion);
  write("octave-1", ModelKind::detail);
  const LoadedCascade cascade = load_cascade(scratch_ / "");

  const torch::Tensor x = torch::rand({1, 1, 8, 16, 12});
  torch::Tensor changed = x.clone();
  changed[0][0][0][0][0] += 3;
  const torch::Tensor difference = (cascade.coarse.denoise(x, 1) - cascade.coarse.denoise(changed, 1)).abs()[0][0];
  EXPECT_GT(difference[7][15][11].item<double>(), 0);

  const torch::Tensor refined = cascade.octaves[0].denoise(x, 0.3);
  EXPECT_TRUE(torch::allclose(torch::avg_pool3d(refined, 2), torch::avg_pool3d(x, 2), 1e-4, 1e-5));
  EXPECT_GT((refined - x).abs().max().item<double>(), 0.01);
}

TEST_F(CascadeFiles, WhatDoesNotBelongTogetherIsRefused) {
  EXPECT_THAT(refusal(), testing::HasSubstr("no coarse.safetensors"));
  write("coarse", ModelKind::detail);
  EXPECT_THAT(refusal(), testing::HasSubstr("is a 'detail'"));
  write("coarse", ModelKind::diffusion);
  write("octave-1", ModelKind::denoiser);
  EXPECT_THAT(refusal(), testing::HasSubstr("wanted is a detail"));
  write("octave-1", ModelKind::detail, "any");
  EXPECT_THAT(refusal(), testing::HasSubstr("do not belong together"));
  write("octave-1", ModelKind::detail);
  EXPECT_EQ(refusal(), "was accepted");
  write("coarse-weak", ModelKind::diffusion, "mr", 16);
  EXPECT_THAT(refusal(), testing::HasSubstr("coarse-weak.safetensors\": makes volumes of another grid"));
  write("coarse-weak", ModelKind::diffusion);
  EXPECT_EQ(refusal(), "was accepted");
}

}  // namespace
}  // namespace voxprior
