#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace voxprior {

/// How far a comparison is, and what is left of it: a step is expected to take as long as the last one of its name did.
/// Times are in seconds.
class TimeLeft {
 public:
  /// There will be `count` steps of this name, each of about `seconds` until one has shown how long it takes.
  void plan(const std::string& name, std::size_t count, double seconds);

  /// A step is over. One of an earlier run says how long such steps take, but was no work of this one.
  void over(const std::string& name, double seconds, bool of_this_run);

  std::size_t planned() const { return planned_; }
  std::size_t done() const { return done_; }

  /// What is left when a step of this name has been running for `running_s`.
  double left(const std::string& name = "", double running_s = 0) const;

  /// The share of this run's work that is done by then.
  double share(const std::string& name, double running_s) const;

 private:
  struct Steps {
    std::size_t left = 0;
    double seconds = 0;
  };
  std::map<std::string, Steps> steps_;
  std::size_t planned_ = 0, done_ = 0;
  double spent_s_ = 0;
};

}  // namespace voxprior
