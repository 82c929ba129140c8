#include "workflows/cli/run_command.h"

#include <algorithm>

#include "workflows/cli/exit_status.h"
#include "workflows/cli/manual.h"

namespace voxprior {
namespace {

bool asks_for_help(const std::vector<std::string>& words) {
  const auto end = std::find(words.begin(), words.end(), "--");
  return std::any_of(words.begin(), end, [](const std::string& word) { return word == "--help" || word == "-h"; });
}

}  // namespace

int run_command(const Invocation& invocation, const About& about, const Arguments& arguments,
                const std::function<void(ProgressDisplay&)>& action) {
  return exit_status_of(about.name, [&] {
    if (invocation.purpose == Invocation::Purpose::summary) {
      invocation.out << about.summary;
    } else if (invocation.purpose == Invocation::Purpose::manual_page) {
      invocation.out << manual_page(about, arguments);
    } else if (asks_for_help(invocation.words)) {
      invocation.out << help_text(about, arguments);
    } else {
      arguments.parse(invocation.words);
      action(*make_progress(arguments.progress_style(), about.name));
    }
  });
}

}  // namespace voxprior
