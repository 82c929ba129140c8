#include "workflows/cli/exit_status.h"

#include <iostream>
#include <new>

#include "base/error.h"
#include "workflows/cli/interrupt.h"

namespace voxprior {
namespace {

/// Control characters (a line break in a file name, an escape sequence) would break "one error, one line".
std::string on_one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text;
}

int report(const std::string& command, const std::string& message, int code) {
  std::cout << std::flush;
  std::cerr << "voxprior" << (command.empty() ? "" : " ") << command << ": " << on_one_line(message) << std::endl;
  return code;
}

/// A result that could not be printed (a full disk behind a redirection) is not a success.
void flush_results() {
  if (!std::cout.flush()) fail(ExitCode::output, "standard output: cannot write; the results are incomplete");
}

}  // namespace

int exit_status_of(const std::string& command, const std::function<void()>& action) {
  try {
    action();
    flush_results();
    return 0;
  } catch (const Interrupted& interrupted) {
    return report(command, "interrupted; unfinished files were removed", interrupted.exit_code());
  } catch (const Error& error) {
    return report(command, error.what(), static_cast<int>(error.code()));
  } catch (const std::bad_alloc&) {
    return report(command, "out of memory; use a smaller --memory or a machine with more of it",
                  static_cast<int>(ExitCode::resources));
  } catch (const std::exception& unexpected) {
    return report(command, std::string("this is a bug, please report it: ") + unexpected.what(),
                  static_cast<int>(ExitCode::bug));
  }
}

}  // namespace voxprior
