#include "workflows/compare/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

#include "base/error.h"
#include "workflows/platform.h"

namespace voxprior {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTick = std::chrono::milliseconds(100);

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// A child that is ended and waited for, whatever happens to its parent.
class Child {
 public:
  Child(const std::vector<std::string>& words, int log) {
    const std::string program = executable_path().string();
    std::vector<char*> arguments{const_cast<char*>(program.c_str())};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t parent = ::getpid();
    id_ = ::fork();
    if (id_ < 0) fail(ExitCode::resources, "no process could be started: ", std::strerror(errno));
    if (id_ > 0) return;
    // Its own group: Ctrl-C reaches it through us alone, as SIGTERM does.
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execv(program.c_str(), arguments.data());
    ::_exit(127);
  }
  ~Child() {
    if (id_ <= 0) return;
    ::kill(id_, SIGTERM);
    ::waitpid(id_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Whether it has ended; then its outcome is filled in.
  bool ended(ChildOutcome& outcome) {
    int status = 0;
    rusage used = {};
    if (::wait4(id_, &status, WNOHANG, &used) != id_) return false;
    id_ = -1;
    outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    outcome.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
    outcome.peak_bytes = 1024 * static_cast<double>(used.ru_maxrss);
    return true;
  }

 private:
  pid_t id_ = -1;
};

std::string last_error_line(const std::filesystem::path& log) {
  std::ifstream file(log);
  std::string found;
  for (std::string line; std::getline(file, line);)
    if (line.rfind("voxprior ", 0) == 0) found = line;
  return found;
}

}  // namespace

ChildOutcome run_self(const std::vector<std::string>& words, const std::filesystem::path& log,
                      const std::function<void()>& tick) {
  const int descriptor = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) fail(ExitCode::output, log, ": cannot be written: ", std::strerror(errno));
  const auto start = Clock::now();
  ChildOutcome outcome;
  try {
    Child child(words, descriptor);
    while (!child.ended(outcome)) {
      tick();
      std::this_thread::sleep_for(kTick);
    }
  } catch (...) {
    ::close(descriptor);
    throw;
  }
  ::close(descriptor);
  outcome.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (outcome.exit_code != 0) outcome.last_error = last_error_line(log);
  return outcome;
}

}  // namespace voxprior
