// throughput MODEL: the speed of one network evaluation on a volume of random numbers, beside the speed at which the
// same process multiplies large matrices with the same threads. Prints a Markdown table.
#include <ATen/Parallel.h>
#include <torch/torch.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "bench/network_flops.h"
#include "models/denoiser_file.h"
#include "pipeline/core/block_cache.h"
#include "workflows/blas_kernels.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

constexpr double kGiga = 1e9;
constexpr std::int64_t kMatrix = 2048;

/// Seconds of the fastest of `repeats` calls, after one that is not counted: the first call allocates and chooses
/// kernels.
template <typename Work>
double best_seconds(int repeats, const Work& work) {
  using Clock = std::chrono::steady_clock;
  work();
  double best = 1e300;
  for (int i = 0; i < repeats; ++i) {
    const Clock::time_point start = Clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

double sgemm_gflops(int repeats) {
  const torch::Tensor a = torch::rand({kMatrix, kMatrix}), b = torch::rand({kMatrix, kMatrix});
  torch::Tensor product = torch::empty({kMatrix, kMatrix});
  const double seconds = best_seconds(repeats, [&] { torch::mm_out(product, a, b); });
  return 2. * kMatrix * kMatrix * kMatrix / seconds / kGiga;
}

UnetWidths widths_of_model(const ModelCard& card, const std::string& file) {
  return {widths_of(card, "channels", file), widths_of(card, "blocks", file),
          widths_of(card, "embedding", file).front()};
}

/// The size that the network sees: every axis up to the next multiple of the alignment.
std::array<std::int64_t, 3> aligned(std::array<std::int64_t, 3> size, std::int64_t alignment) {
  for (std::int64_t& axis : size) axis = (axis + alignment - 1) / alignment * alignment;
  return size;
}

struct Choices {
  std::string model;
  std::vector<std::int64_t> size{181, 217, 181};
  double sigma = 0.09;
  int threads = static_cast<int>(std::thread::hardware_concurrency());
  int repeats = 3;
};

void measure(const Choices& choices) {
  cache_tensor_memory();
  at::set_num_threads(choices.threads);
  torch::manual_seed(0);
  const torch::NoGradGuard no_grad;

  const LoadedDenoiser model = load_denoiser(choices.model);
  const UnetWidths widths = widths_of_model(model.card, choices.model);
  const auto size = aligned({choices.size[0], choices.size[1], choices.size[2]}, widths.alignment());
  const torch::Tensor noisy = torch::rand({1, 1, size[0], size[1], size[2]});

  const double seconds = best_seconds(choices.repeats, [&] { model.denoise(noisy, choices.sigma); });
  const double gflop = network_flops(widths, size) / kGiga;
  const double sgemm = sgemm_gflops(3 * choices.repeats);

  std::printf(
      "| model | volume | threads | GFLOP | seconds | network GFLOP/s | SGEMM %lld GFLOP/s | share of SGEMM |\n",
      static_cast<long long>(kMatrix));
  std::printf("|---|---|---:|---:|---:|---:|---:|---:|\n");
  std::printf("| %s | %lld x %lld x %lld | %d | %.0f | %.2f | %.0f | %.0f | %.0f %% |\n", model.card.name.c_str(),
              static_cast<long long>(size[0]), static_cast<long long>(size[1]), static_cast<long long>(size[2]),
              choices.threads, gflop, seconds, gflop / seconds, sgemm, 100 * gflop / seconds / sgemm);
}

int run(int argc, char** argv) {
  Choices choices;
  po::options_description options("options");
  options.add_options()("help", "print this text");
  options.add_options()("model", po::value(&choices.model)->required(), "model file (.safetensors)");
  options.add_options()("size", po::value(&choices.size)->multitoken(), "D H W in voxels (default: 181 217 181)");
  options.add_options()("sigma", po::value(&choices.sigma)->default_value(choices.sigma),
                        "noise level to evaluate at; does not change the time");
  options.add_options()("threads", po::value(&choices.threads)->default_value(choices.threads), "");
  options.add_options()("repeats", po::value(&choices.repeats)->default_value(choices.repeats),
                        "evaluations, of which the fastest counts");
  po::positional_options_description positional;
  positional.add("model", 1);

  po::variables_map values;
  po::store(po::command_line_parser(argc, argv).options(options).positional(positional).run(), values);
  if (values.count("help")) {
    std::cout << "usage: throughput MODEL [options]\n" << options;
    return 0;
  }
  po::notify(values);
  const bool positive_size =
      choices.size.size() == 3 && *std::min_element(choices.size.begin(), choices.size.end()) > 0;
  if (!positive_size || choices.threads < 1 || choices.repeats < 1) {
    fail(ExitCode::usage, "--size takes three numbers; sizes, --threads and --repeats are at least 1; see --help");
  }
  measure(choices);
  return 0;
}

}  // namespace
}  // namespace voxprior

int main(int argc, char** argv) {
  // OpenBLAS chose its kernels while this program was loaded. It is loaded again, told as the program tells it.
  const voxprior::BlasKernels kernels;
  if (kernels.told()) execv("/proc/self/exe", argv);
  try {
    return voxprior::run(argc, argv);
  } catch (const voxprior::Error& error) {
    std::cerr << "throughput: " << error.what() << '\n';
    return static_cast<int>(error.code());
  } catch (const boost::program_options::error& error) {
    std::cerr << "throughput: " << error.what() << "; see --help\n";
    return 2;
  }
}
