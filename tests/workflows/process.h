#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace voxprior::test {

/// How a process ended and what it said.
struct Outcome {
  int exit_code = -1;  ///< 128 + signal for a process ended by a signal, as in a shell
  std::string out, err;

  /// Lines on stderr.
  int error_lines() const;
};

/// The program under test as a process of its own.
class Process {
 public:
  /// Starts `program` with `arguments`; `environment` is added to ours.
  Process(const std::string& program, const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void send(int signal) const;
  pid_t id() const { return id_; }

  /// Collects the output until stdout holds `text`. Throws when the process ends or `limit_s` seconds pass before.
  void wait_for(const std::string& text, double limit_s = 60);

  /// Collects the output until the process ends; kills it after `limit_s` seconds.
  Outcome wait(double limit_s = 120);

 private:
  pid_t id_ = -1;
  int out_ = -1, err_ = -1;  // read ends of its stdout and stderr, -1 after their end
  std::string out_text_, err_text_;

  /// Reads what arrives within 50 ms; false when both streams have ended.
  bool collect();
};

/// The file of the program under test.
std::string program();

/// Runs `voxprior` with these arguments to its end.
Outcome voxprior_run(const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& environment = {});

}  // namespace voxprior::test
