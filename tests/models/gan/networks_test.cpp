#include <gmock/gmock.h>
#include <torch/autograd.h>
#include <torch/utils.h>

#include <cmath>
#include <functional>

#include "base/error.h"
#include "models/gan/critic.h"
#include "models/gan/generator_file.h"
#include "models/gan/losses.h"
#include "models/network/layers.h"
#include "models/network/unet.h"
#include "models/training/train_gan.h"
#include "models/weights/parameters.h"
#include "models/weights/safetensors.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

GanWidths tiny(GanFamily family, std::int64_t classes = 0) {
  GanWidths widths;
  widths.family = family;
  widths.channels = {8, 16};
  widths.blocks = {1, 1};
  widths.inner = {8, 12};
  widths.latent = 6;
  widths.classes = classes;
  widths.grid = {8, 4, 12};
  return widths;
}

// As in training: blocks that start as the identity have moved.
void shake(torch::nn::Module& module) {
  const torch::NoGradGuard no_grad;
  for (torch::Tensor& p : module.parameters()) p.add_(0.1 * torch::randn_like(p));
}

TEST(GanNetworks, FoldingChildrenIsTheInverseOfUnfoldingThem) {
  const torch::Tensor x = torch::randn({2, 24, 2, 3, 4});
  EXPECT_TRUE(torch::equal(fold_children(unfold_children(x)), x));
}

TEST(GanNetworks, AGeneratorHasAsManyParametersAsItsWidthsSayAndMakesVolumesOfItsGrid) {
  for (const GanFamily family : {GanFamily::r3gan, GanFamily::alpha_wgan_gp}) {
    const GanWidths widths = tiny(family, 3);
    Generator generator(widths);
    EXPECT_EQ(parameter_count(*generator), generator_parameters(widths));
    const torch::Tensor made = generator->forward(torch::randn({2, 6}), torch::tensor({1, -1}));
    EXPECT_EQ(made.sizes(), (std::vector<std::int64_t>{2, 1, 8, 4, 12}));
  }
}

// The budget of a comparison: the generator within a fifth of the U-Net of diffusion with the same keys.
TEST(GanNetworks, AGeneratorHasAsManyParametersAsTheUnetOfTheSameChannelsAndBlocks) {
  struct Case {
    std::vector<std::int64_t> channels, blocks, grid;
  };
  const std::vector<Case> cases{{{64, 128, 192}, {2, 2, 3}, {40, 48, 40}},
                                {{16, 32, 64}, {1, 1, 1}, {32, 32, 32}},
                                {{8, 16, 32}, {1, 1, 1}, {32, 32, 32}},
                                {{24, 48}, {1, 2}, {16, 16, 16}},
                                {{32, 64, 96, 96}, {1, 1, 2, 2}, {64, 64, 64}}};
  for (const std::string family : {kR3gan, kAlphaWganGp})
    for (const Case& c : cases) {
      TrainingConfig config;
      config.kind = ModelKind::gan;
      config.gan.family = family;
      config.model.widths = {c.channels, c.blocks, 64, 4, 3};
      const double unet = static_cast<double>(parameter_count(*Unet(config.model.widths)));
      const double generator = static_cast<double>(generator_parameters(gan_widths(config, c.grid, 0)));
      EXPECT_NEAR(generator / unet, 1, 0.2) << family << ' ' << c.channels;
    }
}

// Against finite differences: the gradient of a penalty goes through two backward passes of every layer.
TEST(GanNetworks, ThePenaltyOfACriticHasTheGradientThatFiniteDifferencesFind) {
  for (const GanFamily family : {GanFamily::r3gan, GanFamily::alpha_wgan_gp}) {
    torch::manual_seed(1);
    Critic critic(tiny(family, 2), 1);
    shake(*critic);
    critic->to(torch::kFloat64);
    const torch::Tensor x = torch::randn({2, 1, 8, 4, 12}, torch::kFloat64).requires_grad_(true);
    const torch::Tensor classes = torch::tensor({1, -1});
    const auto penalty = [&] { return zero_centred_penalty(score_gradient(critic->forward(x, classes), x)); };
    penalty().backward();
    for (auto& item : critic->named_parameters()) {
      torch::Tensor& p = item.value();
      const torch::Tensor direction = torch::randn_like(p);
      const double h = 1e-6;
      const auto moved = [&](double by) {
        {
          const torch::NoGradGuard no_grad;
          p.add_(by * direction);
        }
        return penalty().item<double>();
      };
      const double up = moved(h), down = moved(-2 * h);
      moved(h);
      const double found = p.grad().defined() ? (p.grad() * direction).sum().item<double>() : 0;
      EXPECT_NEAR(found, (up - down) / (2 * h), 1e-5 * (1 + std::abs(found))) << name_of(family) << ' ' << item.key();
    }
  }
}

TEST(GanNetworks, AVolumeDoesNotDependOnItsBatchAndAClassThatIsNotToldIsNoClass) {
  for (const GanFamily family : {GanFamily::r3gan, GanFamily::alpha_wgan_gp}) {
    Generator generator(tiny(family, 2));
    shake(*generator);
    const torch::Tensor z = torch::randn({3, 6}), classes = torch::tensor({0, 1, -1});
    const torch::Tensor all = generator->forward(z, classes);
    EXPECT_TRUE(torch::allclose(all[2], generator->forward(z.slice(0, 2), torch::tensor({-1}))[0], 1e-4, 1e-5));
    EXPECT_TRUE(torch::allclose(all[2], generator->forward(z.slice(0, 2))[0], 1e-4, 1e-5));
    EXPECT_GT((all[0] - generator->forward(z.slice(0, 0, 1))[0]).abs().max().item<double>(), 1e-2);
  }
}

class GeneratorFiles : public testing::Test {
 protected:
  ModelCard card() const {
    ModelCard card;
    card.name = "tiny";
    card.kind = "gan";
    card.intensity = "mr-p99.5";
    card.modality = "mr";
    card.recipe_sha256 = std::string(64, '0');
    return card;
  }
  test::ScratchFolder scratch_;
};

TEST_F(GeneratorFiles, AGeneratorComesBackAsItWasWithItsCountOfParameters) {
  for (const GanFamily family : {GanFamily::r3gan, GanFamily::alpha_wgan_gp}) {
    ModelCard about = card();
    about.conditioning.classes = {"a", "b"};
    Generator generator(tiny(family, 2));
    generator->set_band_std(torch::arange(1, 9).to(torch::kFloat32));
    const auto path = scratch_ / (std::string(name_of(family)) + ".safetensors");
    write_generator(path, generator, about, Overwrite::no);
    GeneratorFile back = read_generator(path);
    const torch::Tensor z = torch::randn({1, 6}), told = torch::tensor({1});
    EXPECT_TRUE(torch::equal(back.network->forward(z, told), generator->forward(z, told)));
    EXPECT_EQ(back.card.metrics.at("parameters"), static_cast<double>(generator_parameters(tiny(family, 2))));
    EXPECT_EQ(back.network->widths().family, family);
  }
}

TEST_F(GeneratorFiles, ACardThatDoesNotFitIsRefused) {
  const auto refused = [&](const std::function<void(ModelCard&)>& spoil) {
    Generator generator(tiny(GanFamily::r3gan));
    const auto path = scratch_ / "x.safetensors";
    write_generator(path, generator, card(), Overwrite::yes);
    SafetensorsFile file = read_safetensors(path);
    ModelCard spoiled = model_card_of(file.metadata, path);
    spoil(spoiled);
    file.metadata[kModelCardKey] = format_model_card(spoiled);
    write_safetensors(path, file, Overwrite::yes);
    try {
      read_generator(path);
      return false;
    } catch (const Error& error) {
      return error.code() == ExitCode::model;
    }
  };
  EXPECT_TRUE(refused([](ModelCard& c) { c.architecture = "haar-generator-x"; }));
  EXPECT_TRUE(refused([](ModelCard& c) { c.widths["grid"] = {8, 4, 10}; }));
  EXPECT_TRUE(refused([](ModelCard& c) { c.widths["grid"] = {4096, 4096, 4096}; }));
  EXPECT_TRUE(refused([](ModelCard& c) { c.widths["inner"] = {8}; }));
  EXPECT_TRUE(refused([](ModelCard& c) { c.widths["latent"] = {4000}; }));
  EXPECT_TRUE(refused([](ModelCard& c) { c.conditioning.classes = {"a"}; }));
}

}  // namespace
}  // namespace voxprior
