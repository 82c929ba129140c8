#pragma once

#include <string>
#include <vector>

#include "io/dicom/network/call_options.h"
#include "workflows/cli/arguments.h"

namespace voxprior {

/// The options of commands that call another DICOM application: who we are, and TLS.
class CallingChoices {
 public:
  void add_to(Arguments& arguments);
  /// Throws Error(ExitCode::usage) for what does not fit together. `failure` is what an unreachable peer means.
  CallOptions options(ExitCode failure) const;

 private:
  std::string title_, key_, certificate_;
  std::vector<std::string> trusted_;
  long long answer_s_ = 60;
};

}  // namespace voxprior
