// voxprior docs DIR: writes docs/commands/*.md from what the commands say about themselves.
#include <algorithm>
#include <filesystem>
#include <sstream>

#include "base/atomic_file.h"
#include "workflows/commands.h"

namespace voxprior {
namespace {

const About kAbout{"docs",
                   "write the manual pages of all commands",
                   "One Markdown page for each command, and an index. Run it after changing a command's options.",
                   {}};

std::string answer_of(const Command& command, Invocation::Purpose purpose) {
  std::ostringstream out;
  command.answer({purpose, {}, out});
  return out.str();
}

void write_pages(const std::filesystem::path& folder) {
  std::string index = "<!-- Written by `voxprior docs`. -->\n# Commands\n\n";
  for (const Command& command : all_commands()) {
    if (command.hidden) continue;
    std::string page = command.name + ".md";
    std::replace(page.begin(), page.end(), ' ', '-');
    write_file(folder / page, answer_of(command, Invocation::Purpose::manual_page), Overwrite::yes);
    index += "- [" + command.name + "](" + page + "): " + answer_of(command, Invocation::Purpose::summary) + "\n";
  }
  write_file(folder / "README.md", index, Overwrite::yes);
}

}  // namespace

int docs_command(const Invocation& invocation) {
  std::string folder;
  Arguments arguments;
  arguments.positional("DIR", &folder, "existing folder for the pages; pages in it are replaced");

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay&) {
    write_pages(folder);
    invocation.out << "wrote " << folder << '\n';
  });
}

}  // namespace voxprior
