#include "workflows/node/child_process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>

#include "base/error.h"

namespace voxprior {
namespace {

void complain(const std::exception& error) { std::cerr << "voxprior node: " << error.what() << std::endl; }

[[noreturn]] void be_the_child(const std::function<int()>& work, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it died before we could ask
  int code = 1;
  try {
    code = work();
  } catch (const Error& error) {
    code = static_cast<int>(error.code());
    complain(error);
  } catch (const std::filesystem::filesystem_error& error) {
    code = static_cast<int>(ExitCode::output);
    complain(error);
  } catch (const std::exception& error) {
    complain(error);
  }
  ::_exit(code);
}

}  // namespace

ChildProcess::ChildProcess(const std::function<int()>& work) {
  const pid_t parent = ::getpid();
  id_ = ::fork();
  if (id_ == 0) be_the_child(work, parent);
  if (id_ < 0) fail(ExitCode::resources, "no child process can be made: ", std::strerror(errno));
}

ChildProcess::~ChildProcess() {
  if (code_) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

void ChildProcess::send(int signal) const {
  if (!code_) ::kill(id_, signal);
}

std::optional<int> ChildProcess::ended() {
  int status = 0;
  if (!code_ && ::waitpid(id_, &status, WNOHANG) == id_)
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return code_;
}

int ChildProcess::wait(double limit_s) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(limit_s);
  while (!ended()) {
    if (std::chrono::steady_clock::now() > deadline) ::kill(id_, SIGKILL);
    ::usleep(10000);
  }
  return *code_;
}

}  // namespace voxprior
