#include "models/training/distillation.h"

#include <gmock/gmock.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "base/sha256.h"
#include "models/denoiser_file.h"
#include "models/network_file.h"
#include "models/training/checkpoint.h"
#include "models/weights/safetensors.h"
#include "pipeline/samplers/heun.h"
#include "pipeline/wavelet/haar.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

// Gaussian data with another standard deviation in each Haar band: teacher and ODE are linear and known.

namespace voxprior {
namespace {

constexpr double kSigmaMin = 0.05, kSigmaMax = 8;

torch::Tensor band_std() {
  return torch::tensor({1.f, 0.3f, 0.3f, 0.2f, 0.3f, 0.2f, 0.2f, 0.1f}).view({1, 8, 1, 1, 1});
}

torch::Tensor scaled_bands(const torch::Tensor& x, const torch::Tensor& gains) {
  return haar_inverse(haar_forward(x) * gains);
}

/// A volume of the data [1,1,12,8,8].
torch::Tensor draw(std::uint64_t seed) {
  torch::manual_seed(seed);
  return scaled_bands(torch::randn({1, 1, 12, 8, 8}), band_std());
}

/// The end at kSigmaMin of the ODE path through x at `sigma`.
torch::Tensor path_end(const torch::Tensor& x, double sigma) {
  const torch::Tensor v = band_std().square();
  return scaled_bands(x, ((v + kSigmaMin * kSigmaMin) / (v + sigma * sigma)).sqrt());
}

ModelCard card_of(ModelKind kind) {
  ModelCard card;
  card.name = "gaussian";
  card.kind = name_of(kind);
  card.sigma_min = kSigmaMin;
  card.sigma_max = kSigmaMax;
  card.intensity = "mr-p99.5";
  card.modality = "mr";
  card.recipe_sha256 = std::string(64, '0');
  if (kind == ModelKind::diffusion) card.widths["grid"] = {12, 8, 8};
  return card;
}

UnetWidths widths_of_kind(ModelKind kind) {
  if (kind == ModelKind::diffusion) return {{16, 24}, {1, 1}, 8, 2, 3};
  return {{16, 24}, {1, 1}, 8};
}

/// The best denoiser in closed form. Its network is untrained, so that a student starts from nothing that knows the
/// answer.
Teacher linear_teacher() {
  torch::manual_seed(5);
  Teacher teacher;
  teacher.denoise = [](const torch::Tensor& x, const torch::Tensor& sigma, torch::ScalarType) {
    const torch::Tensor v = band_std().square(), s2 = sigma.square().view({-1, 1, 1, 1, 1});
    return scaled_bands(x, v / (v + s2));
  };
  teacher.network = Unet(widths_of_kind(ModelKind::diffusion));
  teacher.feature_std = torch::cat({band_std().flatten(), torch::tensor({0.9f})});
  teacher.card = card_of(ModelKind::diffusion);
  teacher.sha256 = std::string(64, 'a');
  return teacher;
}

TrainingRun run_of(const std::filesystem::path& folder, std::int64_t steps, ModelKind kind = ModelKind::diffusion) {
  TrainingRun run;
  TrainingConfig& config = run.config;
  config.kind = kind;
  config.model.widths = widths_of_kind(kind);
  config.noise = {kSigmaMin, kSigmaMax, 0.5, 1, 0.15, 0};
  config.augment.rescale = config.augment.gamma = config.augment.mirror = 0;
  config.augment.resolution = config.augment.rician = config.augment.zeroed_background = 0;
  config.augment.rotation_degrees = config.augment.scaling = 0;
  config.augment.shift_voxels = config.augment.warp_voxels = 0;
  config.distill.levels = 10;
  config.training.steps = steps;
  config.training.batch = 4;
  config.training.patch = 8;
  config.training.warmup_steps = 5;
  config.training.cooldown = 0;
  config.training.validate_every = 100000;
  config.training.precision = "float32";
  run.recipe = "tiny";
  run.out_folder = folder;
  return run;
}

std::vector<TrainingVolume> volumes(std::uint64_t first, std::uint64_t count) {
  std::vector<TrainingVolume> list;
  for (std::uint64_t n = first; n < first + count; ++n) list.push_back({"v" + std::to_string(n), draw(n)[0][0]});
  return list;
}

const TrainingObserver kSilent = [](const TrainingProgress&) {};

class Distillation : public testing::Test {
 protected:
  void SetUp() override { at::set_num_threads(1); }

  /// A model file with random weights.
  std::filesystem::path teacher_file(ModelKind kind, bool distilled = false, std::uint64_t seed = 1) {
    torch::manual_seed(seed);
    Unet network(widths_of_kind(kind));
    const torch::NoGradGuard no_grad;
    for (auto& weights : network->parameters()) weights.normal_(0, 0.05);
    ModelCard card = card_of(kind);
    if (distilled) card.distilled = Distilled{std::string(64, 'b'), 2};
    const HaarPreconditioner preconditioner(torch::full({9}, 0.4f), low_band_of(kind), distilled ? kSigmaMin : 0);
    const auto path = scratch_ / (std::string(name_of(kind)) + std::to_string(seed) + (distilled ? "d" : ""));
    write_network(path, network, preconditioner, card, Overwrite::yes);
    return path;
  }

  test::ScratchFolder scratch_;
};

TEST_F(Distillation, AConsistencyFunctionReturnsItsInputAtTheLowestLevel) {
  for (const ModelKind kind : {ModelKind::diffusion, ModelKind::detail}) {
    const LoadedDenoiser student = load_denoiser(teacher_file(kind, true), torch::kCPU, torch::kFloat32, kind);
    const torch::Tensor x = draw(3);
    EXPECT_TRUE(torch::allclose(student.denoise(x, kSigmaMin), x, 1e-5, 1e-6));
    EXPECT_FALSE(torch::allclose(student.denoise(x, 2 * kSigmaMin), x, 1e-3, 1e-3));
    EXPECT_EQ(student.card.distilled->steps, 2);
    const LoadedDenoiser denoiser = load_denoiser(teacher_file(kind), torch::kCPU, torch::kFloat32, kind);
    EXPECT_FALSE(torch::allclose(denoiser.denoise(x, kSigmaMin), x, 1e-3, 1e-3));  // the test can fail
  }
}

TEST_F(Distillation, ATeacherStepIsHeunsWithALevelForEachSample) {
  const Teacher teacher = linear_teacher();
  const torch::Tensor x = torch::cat({draw(1), draw(2)});
  const torch::Tensor stepped = teacher_step(teacher, x, torch::tensor({8.f, 0.5f}), torch::tensor({3.f, 0.2f}));
  const Denoiser denoise = [&](const torch::Tensor& y, double sigma) {
    return teacher.denoise(y, torch::full({1}, sigma), torch::kFloat32);
  };
  EXPECT_TRUE(torch::allclose(stepped.narrow(0, 0, 1), heun_step(denoise, x.narrow(0, 0, 1), 8, 3), 1e-4, 1e-5));
  EXPECT_TRUE(torch::allclose(stepped.narrow(0, 1, 1), heun_step(denoise, x.narrow(0, 1, 1), 0.5, 0.2), 1e-4, 1e-5));
}

TEST_F(Distillation, OneCallOfTheStudentIsTheOdeMapOfTheTeacher) {
  TrainingRun run = run_of(scratch_ / "run", 600);
  run.config.training.learning_rate = 1e-2;
  run.config.training.cooldown = 0.5;
  run.config.training.ema = 0.98;
  distil_network(run, linear_teacher(), volumes(0, 8), volumes(20, 2), kSilent);
  const LoadedDenoiser student =
      load_denoiser(scratch_ / "run" / "model.safetensors", torch::kCPU, torch::kFloat32, ModelKind::diffusion);

  const torch::NoGradGuard no_grad;
  for (const double sigma : {0.3, 1.5, kSigmaMax}) {
    const torch::Tensor x = draw(50) + sigma * torch::randn({1, 1, 12, 8, 8});
    const torch::Tensor end = path_end(x, sigma);
    const double error = ((student.denoise(x, sigma) - end).norm() / end.norm()).item<double>();
    EXPECT_LT(error, 0.2) << sigma;  // measured 0.11 to 0.13; 0.14, 0.57 and 0.90 untrained
  }
  EXPECT_GT(student.card.metrics.at("one_step_psnr_db_to_teacher"), 10);
}

TEST_F(Distillation, ResumedRunEqualsAnUndisturbedOneBitForBit) {
  for (const ModelKind kind : {ModelKind::diffusion, ModelKind::detail}) {
    const Teacher teacher = load_teacher(teacher_file(kind), torch::kCPU);
    const auto train = [&](const std::string& folder, std::int64_t steps, bool resume) {
      TrainingRun run = run_of(scratch_ / (name_of(kind) + folder), steps, kind);
      run.resume = resume;
      distil_network(run, teacher, volumes(0, 2), volumes(9, 1), kSilent);
      return scratch_ / (name_of(kind) + folder);
    };
    const auto straight = train("-straight", 6, false);
    train("-stopped", 3, false);
    const auto stopped = train("-stopped", 6, true);
    const Checkpoint a = read_checkpoint(straight / "checkpoint.safetensors");
    const Checkpoint b = read_checkpoint(stopped / "checkpoint.safetensors");
    ASSERT_EQ(a.tensors.size(), b.tensors.size());
    for (const auto& [name, tensor] : a.tensors) EXPECT_TRUE(torch::equal(tensor, b.tensors.at(name))) << name;
    EXPECT_EQ(sha256_of_file(straight / "model.safetensors"), sha256_of_file(stopped / "model.safetensors"));
  }
}

TEST_F(Distillation, TheCardSaysOfWhichTeacherAndForHowManySteps) {
  const Teacher teacher = load_teacher(teacher_file(ModelKind::detail), torch::kCPU);
  TrainingRun run = run_of(scratch_ / "run", 1, ModelKind::detail);
  run.config.distill.steps = 3;
  distil_network(run, teacher, volumes(0, 1), {}, kSilent);
  const ModelCard card =
      load_denoiser(scratch_ / "run" / "model.safetensors", torch::kCPU, torch::kFloat32, ModelKind::detail).card;
  ASSERT_TRUE(card.distilled);
  EXPECT_EQ(card.distilled->teacher_sha256, sha256_of_file(teacher_file(ModelKind::detail)));
  EXPECT_EQ(card.distilled->steps, 3);
  EXPECT_EQ(card.sigma_max, kSigmaMax);
}

TEST_F(Distillation, RefusesTeachersThatDoNotFit) {
  using test::refusal;
  using testing::HasSubstr;
  EXPECT_THAT(refusal(ExitCode::model, [&] { load_teacher(teacher_file(ModelKind::denoiser), torch::kCPU); }),
              HasSubstr("is a denoiser"));
  EXPECT_THAT(refusal(ExitCode::model, [&] { load_teacher(teacher_file(ModelKind::detail, true), torch::kCPU); }),
              HasSubstr("is distilled already"));
  SafetensorsFile told = read_safetensors(teacher_file(ModelKind::detail));
  ModelCard card = model_card_of(told.metadata, "told");
  card.conditioning.classes = {"t1", "t2"};
  told.metadata[kModelCardKey] = format_model_card(card);
  write_safetensors(scratch_ / "told.safetensors", told, Overwrite::yes);
  EXPECT_THAT(refusal(ExitCode::model, [&] { load_teacher(scratch_ / "told.safetensors", torch::kCPU); }),
              HasSubstr("only unconditional models"));

  const Teacher teacher = load_teacher(teacher_file(ModelKind::diffusion), torch::kCPU);
  std::vector<TrainingVolume> others = volumes(0, 1);
  others[0].voxels = torch::zeros({8, 8, 8});
  EXPECT_THAT(
      refusal(ExitCode::model, [&] { distil_network(run_of(scratch_ / "run", 1), teacher, others, {}, kSilent); }),
      HasSubstr("makes volumes of 8x8x12 voxels, those to train on have 8x8x8"));

  distil_network(run_of(scratch_ / "run", 1), teacher, volumes(0, 1), {}, kSilent);
  TrainingRun rest = run_of(scratch_ / "run", 2);
  rest.resume = true;
  const Teacher another = load_teacher(teacher_file(ModelKind::diffusion, false, 2), torch::kCPU);
  EXPECT_THAT(refusal(ExitCode::model, [&] { distil_network(rest, another, volumes(0, 1), {}, kSilent); }),
              HasSubstr("another teacher"));
}

}  // namespace
}  // namespace voxprior
