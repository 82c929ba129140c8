// voxprior COMMAND ...: finds the command and hands it the rest of the line.
#include <iostream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/version.h"
#include "workflows/cli/exit_status.h"
#include "workflows/cli/interrupt.h"
#include "workflows/commands.h"

namespace voxprior {
namespace {

void print_overview(std::ostream& out) {
  out << "voxprior: a learned prior over voxels, for MRI and CT volumes\n\nusage: voxprior COMMAND "
         "[options]\n\ncommands\n";
  for (const Command& command : all_commands()) {
    if (command.hidden) continue;
    out << "  " << command.name << std::string(18 - command.name.size(), ' ');
    command.answer({Invocation::Purpose::summary, {}, out});
    out << '\n';
  }
  out << "\nvoxprior COMMAND --help explains a command; voxprior --version prints the version.\n"
         "Research use only: not a medical device.\n";
}

bool starts_with(const std::vector<std::string>& words, const std::string& name) {
  const std::string first = words.at(0);
  return name == first || (words.size() > 1 && name == first + " " + words[1]);
}

}  // namespace
}  // namespace voxprior

int main(int argc, char** argv) {
  using namespace voxprior;
  catch_signals();
  const std::vector<std::string> words(argv + 1, argv + argc);

  for (const Command& command : all_commands()) {
    if (words.empty() || !starts_with(words, command.name)) continue;
    const auto name_words = command.name.find(' ') == std::string::npos ? 1 : 2;
    return command.answer({Invocation::Purpose::run, {words.begin() + name_words, words.end()}});
  }
  return exit_status_of("", [&] {
    if (words.empty()) fail(ExitCode::usage, "no command given; see voxprior --help");
    if (words[0] == "--version") {
      std::cout << "voxprior " << version() << '\n';
    } else if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
      print_overview(std::cout);
    } else {
      fail(ExitCode::usage, "unknown command '", words[0], "'; see voxprior --help");
    }
  });
}
