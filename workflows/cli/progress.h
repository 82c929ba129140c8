#pragma once

#include <memory>
#include <string>

namespace voxprior {

/// Tells the user how far a command is, and notices Ctrl-C. Virtual, because the compute module, a shared library
/// of its own, calls back into the program through it.
class ProgressDisplay {
 public:
  virtual ~ProgressDisplay() = default;

  /// A new piece of work begins ("reading", "denoising"). Throws Interrupted.
  virtual void stage(const std::string& name) = 0;

  /// The share of the current stage that is done, 0 to 1; call it as often as convenient. Throws Interrupted.
  virtual void update(double fraction) = 0;

  /// One line for the user, beside the progress: the device, the memory that will be needed.
  virtual void note(const std::string& line) = 0;

  /// All stages are over: clears the line, so that results can be printed.
  virtual void finish() {}
};

/// The values of `--progress`: "auto" (a line that rewrites itself on a terminal, else plain), "plain" (lines on
/// stderr), "none", "slicer" (the XML that 3D Slicer reads from stdout).
std::unique_ptr<ProgressDisplay> make_progress(const std::string& style, const std::string& command);

}  // namespace voxprior
