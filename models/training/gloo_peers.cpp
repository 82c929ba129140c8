#include "models/training/gloo_peers.h"

#include "base/error.h"

#ifdef USE_C10D_GLOO
#include <exception>
#include <string>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>
#include <vector>

#include "models/training/rendezvous.h"
#endif

namespace voxprior {

#ifdef USE_C10D_GLOO
namespace {

constexpr std::chrono::minutes kLongestWait{
    60};  // for a process that validates or writes; one that died is noticed at once

/// Our table as c10d wants it. Gloo asks for no more than set, get and wait.
class TeamStore final : public c10d::Store {
 public:
  explicit TeamStore(const TeamPlace& place) : Store(std::chrono::seconds(place.timeout_s)), table_(place) {}

  void set(const std::string& key, const std::vector<std::uint8_t>& value) override {
    table_.set(key, {value.begin(), value.end()});
  }
  std::vector<std::uint8_t> get(const std::string& key) override {
    const std::string value = table_.get(key);
    return {value.begin(), value.end()};
  }
  void wait(const std::vector<std::string>& keys) override {
    for (const std::string& key : keys) table_.get(key);
  }
  void wait(const std::vector<std::string>& keys, const std::chrono::milliseconds& /*timeout*/) override { wait(keys); }

  std::int64_t add(const std::string& /*key*/, std::int64_t /*value*/) override { return not_needed(); }
  bool deleteKey(const std::string& /*key*/) override { return not_needed() != 0; }
  bool check(const std::vector<std::string>& /*keys*/) override { return not_needed() != 0; }
  std::int64_t getNumKeys() override { return not_needed(); }

  const std::string& own_address() const { return table_.own_address(); }

 private:
  [[noreturn]] static std::int64_t not_needed() { fail(ExitCode::bug, "Gloo asks for more than this store has"); }
  Rendezvous table_;
};

/// What Gloo throws when a connection breaks, in words of ours.
[[noreturn]] void fail_as_lost(const std::exception& problem) {
  std::string why = problem.what();
  why = why.substr(0, why.find('\n'));
  fail(ExitCode::resumable, "a process of this training was lost (", why, "); start all of them again with --resume");
}

class GlooSum final : public Peers::Sum {
 public:
  explicit GlooSum(c10::intrusive_ptr<c10d::Work> work) : work_(std::move(work)) {}
  void wait() override {
    try {
      work_->wait();
    } catch (const std::exception& problem) {
      fail_as_lost(problem);
    }
  }

 private:
  c10::intrusive_ptr<c10d::Work> work_;
};

class GlooPeers final : public Peers {
 public:
  explicit GlooPeers(const TeamPlace& place) : place_(place), store_(c10::make_intrusive<TeamStore>(place)) {
    const auto options = c10d::ProcessGroupGloo::Options::create(kLongestWait);
    options->devices = {c10d::ProcessGroupGloo::createDeviceForHostname(store_->own_address())};
    try {
      group_ = c10::make_intrusive<c10d::ProcessGroupGloo>(store_, place.rank, place.count, options);
    } catch (const Error&) {
      throw;
    } catch (const std::exception& problem) {
      fail_as_lost(problem);
    }
  }

  int rank() const override { return place_.rank; }
  int count() const override { return place_.count; }

  std::unique_ptr<Sum> start_sum(torch::Tensor tensor) override {
    std::vector<torch::Tensor> tensors{std::move(tensor)};
    try {
      return std::make_unique<GlooSum>(group_->allreduce(tensors));
    } catch (const std::exception& problem) {
      fail_as_lost(problem);
    }
  }

 private:
  TeamPlace place_;
  c10::intrusive_ptr<TeamStore> store_;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> group_;
};

}  // namespace

std::unique_ptr<Peers> find_peers(const TeamPlace& place) { return std::make_unique<GlooPeers>(place); }

#else

std::unique_ptr<Peers> find_peers(const TeamPlace& place) {
  fail(ExitCode::usage, "this voxprior was built without Gloo and cannot train in ", place.count,
       " processes; scripts/setup.sh installs libgloo-dev");
}

#endif

}  // namespace voxprior
