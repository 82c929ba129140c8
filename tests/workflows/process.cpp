#include "tests/workflows/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace voxprior::test {
namespace {

struct Pipe {
  int read_end, write_end;
};

Pipe make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  return {ends[0], ends[1]};
}

using Clock = std::chrono::steady_clock;

Clock::time_point after(double seconds) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

/// Appends what is there to `text`; closes the descriptor and makes it -1 at the end of the stream.
void drain(int& descriptor, std::string& text) {
  char buffer[4096];
  const ssize_t count = read(descriptor, buffer, sizeof buffer);
  if (count > 0) {
    text.append(buffer, static_cast<size_t>(count));
  } else {
    close(descriptor);
    descriptor = -1;
  }
}

}  // namespace

int Outcome::error_lines() const { return static_cast<int>(std::count(err.begin(), err.end(), '\n')); }

Process::Process(const std::string& program, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment) {
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (const auto& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);

  const Pipe out = make_pipe(), err = make_pipe();
  id_ = fork();
  if (id_ == 0) {
    dup2(out.write_end, STDOUT_FILENO);
    dup2(err.write_end, STDERR_FILENO);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    execv(program.c_str(), words.data());
    _exit(127);
  }
  close(out.write_end);
  close(err.write_end);
  out_ = out.read_end;
  err_ = err.read_end;
  if (id_ < 0) throw std::runtime_error("fork failed");
}

Process::~Process() {
  if (id_ > 0) {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  if (out_ >= 0) close(out_);
  if (err_ >= 0) close(err_);
}

void Process::send(int signal) const { kill(id_, signal); }

bool Process::collect() {
  pollfd streams[] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};  // poll skips negative descriptors
  poll(streams, 2, 50);
  if (streams[0].revents != 0) drain(out_, out_text_);
  if (streams[1].revents != 0) drain(err_, err_text_);
  return out_ >= 0 || err_ >= 0;
}

void Process::wait_for(const std::string& text, double limit_s) {
  const auto limit = after(limit_s);
  while (out_text_.find(text) == std::string::npos) {
    if (!collect()) throw std::runtime_error("the process ended without saying: " + text + "\n" + err_text_);
    if (Clock::now() > limit) throw std::runtime_error("the process did not say in time: " + text);
  }
}

Outcome Process::wait(double limit_s) {
  const auto limit = after(limit_s);
  while (collect()) {
    if (Clock::now() > limit) throw std::runtime_error("the process did not end in time");
  }
  int status = 0;
  waitpid(id_, &status, 0);
  id_ = -1;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, out_text_, err_text_};
}

std::string program() { return VOXPRIOR_PROGRAM; }

Outcome voxprior_run(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment) {
  return Process(program(), arguments, environment).wait();
}

}  // namespace voxprior::test
