#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>

namespace voxprior {

/// A process forked off this one, which dies with it. For processes that have one thread.
class ChildProcess {
 public:
  /// Runs `work` in the child and ends it with what that returns, or the exit code of what it throws.
  explicit ChildProcess(const std::function<int()>& work);
  /// Kills it, if it has not ended.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t id() const { return id_; }
  void send(int signal) const;
  /// Its exit code (128 + signal for one that was killed) once it has ended; does not wait.
  std::optional<int> ended();
  /// Waits up to `limit_s`, then kills it.
  int wait(double limit_s);

 private:
  pid_t id_ = -1;
  std::optional<int> code_;
};

}  // namespace voxprior
