#include "workflows/compare/time_left.h"

#include <algorithm>

namespace voxprior {

void TimeLeft::plan(const std::string& name, std::size_t count, double seconds) {
  steps_[name] = {count, seconds};
  planned_ += count;
}

void TimeLeft::over(const std::string& name, double seconds, bool of_this_run) {
  Steps& steps = steps_[name];
  if (steps.left > 0) --steps.left;
  steps.seconds = seconds;
  ++done_;
  if (of_this_run) spent_s_ += seconds;
}

double TimeLeft::left(const std::string& name, double running_s) const {
  double all = 0;
  for (const auto& [each, steps] : steps_) all += static_cast<double>(steps.left) * steps.seconds;
  const auto running = steps_.find(name);
  return running == steps_.end() ? all : all - std::min(running_s, running->second.seconds);
}

double TimeLeft::share(const std::string& name, double running_s) const {
  const double done = spent_s_ + running_s, left_s = left(name, running_s);
  return done > 0 ? done / (done + left_s) : 0;
}

}  // namespace voxprior
