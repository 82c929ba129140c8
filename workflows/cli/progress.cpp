#include "workflows/cli/progress.h"

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "workflows/cli/interrupt.h"

namespace voxprior {
namespace {

/// Seconds since a stage began, and the time left if it goes on at the same pace.
class Pace {
 public:
  void start() { start_ = std::chrono::steady_clock::now(); }

  double elapsed_s() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

  /// " 42 %, 1:05 left"; no time before there is something to judge it by.
  std::string describe(double fraction) const {
    char text[64];
    const double elapsed = elapsed_s();
    const int percent = static_cast<int>(std::lround(100 * fraction));
    if (fraction <= 0 || elapsed < 0.5) {
      std::snprintf(text, sizeof text, "%3d %%", percent);
    } else {
      const auto left_s = static_cast<long>(std::ceil(elapsed / fraction * (1 - fraction)));
      std::snprintf(text, sizeof text, "%3d %%, %ld:%02ld left", percent, left_s / 60, left_s % 60);
    }
    return text;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

class Silent final : public ProgressDisplay {
 public:
  void stage(const std::string&) override { check_interrupt(); }
  void update(double) override { check_interrupt(); }
  void note(const std::string&) override {}
};

/// One line that rewrites itself.
class TerminalLine final : public ProgressDisplay {
 public:
  ~TerminalLine() override { clear(); }

  void stage(const std::string& name) override {
    check_interrupt();
    name_ = name;
    pace_.start();
    draw(name_);
  }

  void update(double fraction) override {
    check_interrupt();
    draw(name_ + " " + pace_.describe(fraction));
  }

  void note(const std::string& line) override {
    clear();
    std::cerr << line << '\n';
  }

  void finish() override { clear(); }

 private:
  static void clear() { std::cerr << "\r\033[K" << std::flush; }
  static void draw(const std::string& text) { std::cerr << "\r\033[K" << text << std::flush; }

  std::string name_;
  Pace pace_;
};

/// Lines for a log file: one for every five seconds of a stage that takes longer than that.
class PlainLines final : public ProgressDisplay {
 public:
  void stage(const std::string& name) override {
    check_interrupt();
    name_ = name;
    pace_.start();
    next_line_s_ = kInterval_s;
  }

  void update(double fraction) override {
    check_interrupt();
    if (pace_.elapsed_s() < next_line_s_ || fraction >= 1) return;
    next_line_s_ = pace_.elapsed_s() + kInterval_s;
    std::cerr << name_ << ' ' << pace_.describe(fraction) << std::endl;
  }

  void note(const std::string& line) override { std::cerr << line << std::endl; }

 private:
  static constexpr double kInterval_s = 5;
  std::string name_;
  Pace pace_;
  double next_line_s_ = kInterval_s;
};

/// The elements that 3D Slicer's execution model reads from a module's stdout; each stage is a "filter".
class SlicerElements final : public ProgressDisplay {
 public:
  explicit SlicerElements(std::string command) : command_(std::move(command)) {}
  ~SlicerElements() override { end_stage(); }
  void finish() override { end_stage(); }

  void stage(const std::string& name) override {
    check_interrupt();
    end_stage();
    open_ = true;
    std::cout << "<filter-start><filter-name>" << command_ << "</filter-name><filter-comment>" << name
              << "</filter-comment></filter-start>" << std::endl;
  }

  void update(double fraction) override {
    check_interrupt();
    std::cout << "<filter-progress>" << fraction << "</filter-progress>" << std::endl;
  }

  void note(const std::string&) override {}  // Slicer shows whatever stands on stderr as an error

 private:
  void end_stage() {
    if (!open_) return;
    open_ = false;
    std::cout << "<filter-end><filter-name>" << command_ << "</filter-name></filter-end>" << std::endl;
  }

  std::string command_;
  bool open_ = false;
};

}  // namespace

std::unique_ptr<ProgressDisplay> make_progress(const std::string& style, const std::string& command) {
  if (style == "none") return std::make_unique<Silent>();
  if (style == "slicer") return std::make_unique<SlicerElements>("voxprior " + command);
  if (style == "auto" && isatty(STDERR_FILENO)) return std::make_unique<TerminalLine>();
  return std::make_unique<PlainLines>();
}

}  // namespace voxprior
