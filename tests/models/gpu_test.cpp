#include <gtest/gtest.h>
#include <torch/cuda.h>

#include "models/network/unet.h"
#include "models/precondition.h"
#include "models/training/train_network.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

class OnGpu : public testing::Test {
 protected:
  void SetUp() override {
    if (!torch::cuda::is_available()) GTEST_SKIP() << "no CUDA device, or a LibTorch built without CUDA";
  }
};

TEST_F(OnGpu, NetworkGivesWhatTheProcessorGives) {
  torch::manual_seed(0);
  Unet network(UnetWidths{});
  const torch::NoGradGuard no_grad;
  for (auto& p : network->parameters()) p.normal_(0, 0.03);
  const HaarPreconditioner preconditioner(torch::linspace(2, 0.1, 9));
  const torch::Tensor x = torch::rand({1, 1, 48, 40, 56}), sigma = torch::full({1}, 0.1);

  const torch::Tensor on_cpu = preconditioner.denoise(network, x, sigma);
  network->to(torch::kCUDA);
  const torch::Tensor on_gpu = preconditioner.denoise(network, x.cuda(), sigma.cuda()).cpu();
  EXPECT_LT((on_cpu - on_gpu).abs().max().item<double>(), 1e-2);  // TensorFloat-32 convolutions are allowed
}

TEST_F(OnGpu, TrainingRunsInBfloat16AndResumes) {
  const test::ScratchFolder scratch;
  TrainingRun run;
  run.config.training.steps = 4;
  run.config.training.batch = 2;
  run.config.training.patch = 32;
  run.out_folder = scratch / "run";
  run.device = torch::kCUDA;
  torch::manual_seed(1);
  const std::vector<TrainingVolume> volumes{{"random", torch::rand({40, 40, 40})}};
  const auto train = [&] { train_network(run, volumes, volumes, [](const TrainingProgress&) {}); };
  train();
  run.config.training.steps = 6;
  run.resume = true;
  EXPECT_NO_THROW(train());
}

}  // namespace
}  // namespace voxprior
