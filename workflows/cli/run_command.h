#pragma once

#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "workflows/cli/about.h"
#include "workflows/cli/arguments.h"
#include "workflows/cli/progress.h"

namespace voxprior {

/// What is asked of a command: usually to run, sometimes to describe itself.
struct Invocation {
  enum class Purpose { run, summary, manual_page };
  Purpose purpose = Purpose::run;
  std::vector<std::string> words;  ///< the arguments after the command's name
  std::ostream& out = std::cout;   ///< where help, summary and manual page go
};

/// Answers the invocation: runs `action` with the arguments filled in, or prints help, summary or manual page.
/// Returns the process exit code; errors have been printed.
int run_command(const Invocation& invocation, const About& about, const Arguments& arguments,
                const std::function<void(ProgressDisplay&)>& action);

}  // namespace voxprior
