#include "bench/bart_pics.h"

#include <sys/resource.h>
#include <torch/torch.h>

#include <chrono>
#include <cstdlib>

#include "base/error.h"
#include "io/raw/cfl.h"

namespace voxprior {
namespace {

void write_tensor(const std::filesystem::path& path, const torch::Tensor& x) {
  const torch::Tensor whole = x.resolve_conj().contiguous();
  const auto* const values = reinterpret_cast<const std::complex<float>*>(whole.data_ptr<c10::complex<float>>());
  write_cfl(path, {NumberArray::Kind::complex, x.sizes().vec(), {values, values + whole.numel()}}, Overwrite::yes);
}

/// Processor time of the children that have ended.
double children_seconds() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

PeerImage bart_pics(const Experiment& experiment, const std::string& regularisation, int iterations,
                    const std::filesystem::path& folder) {
  const std::filesystem::path kspace = folder / "kspace", maps = folder / "maps", image = folder / "image";
  write_tensor(folder / "kspace.cfl", experiment.problem.y);
  write_tensor(folder / "maps.cfl", experiment.maps);
  const std::string command = "bart pics -S -R" + regularisation + " -i" + std::to_string(iterations) + " '" +
                              kspace.string() + "' '" + maps.string() + "' '" + image.string() + "' >/dev/null";
  const auto start = std::chrono::steady_clock::now();
  const double before = children_seconds();
  if (std::system(command.c_str()) != 0) fail(ExitCode::resources, "this failed: ", command);
  PeerImage peer;
  peer.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  peer.cpu_seconds = children_seconds() - before;
  const NumberArray read = read_cfl(folder / "image.cfl");
  peer.image = torch::from_blob(const_cast<std::complex<float>*>(read.values.data()), experiment.problem.a->domain(),
                                torch::kComplexFloat)
                   .clone();
  return peer;
}

}  // namespace voxprior
