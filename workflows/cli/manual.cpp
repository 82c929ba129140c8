#include "workflows/cli/manual.h"

#include <algorithm>
#include <sstream>

namespace voxprior {
namespace {

constexpr size_t kLineWidth = 100;
constexpr size_t kIndent = 6;

/// One option as a reader sees it, taken from Boost's description of it.
struct OptionText {
  std::string usage;  ///< "--sigma auto|S"
  std::string text;
  std::string fallback;  ///< the default value, empty if there is none to tell
};

OptionText option_text(const boost::program_options::option_description& option) {
  OptionText shown{"--" + option.long_name(), option.description(), ""};
  if (option.semantic()->max_tokens() == 0) return shown;   // a switch: no value, and "off" needs no saying
  const std::string parameter = option.format_parameter();  // "NAME (=default)"
  const size_t split = parameter.find(" (=");
  shown.usage += " " + parameter.substr(0, split);
  if (split != std::string::npos) shown.fallback = parameter.substr(split + 3, parameter.size() - split - 4);
  return shown;
}

std::vector<OptionText> option_texts(const Arguments& arguments) {
  std::vector<OptionText> texts;
  for (const auto& option : arguments.described().options()) texts.push_back(option_text(*option));
  texts.push_back({"--help", "print this text", ""});
  return texts;
}

std::string usage_line(const About& about, const Arguments& arguments) {
  std::string line = "voxprior " + about.name;
  for (const auto& argument : arguments.positionals()) {
    line += argument.required ? " " + argument.name : " [" + argument.name + "]";
  }
  return line + " [options]";
}

/// Breaks lines at spaces; an empty line in `text` separates paragraphs, any other line break is a space.
std::string wrapped(const std::string& text, size_t indent) {
  std::ostringstream out;
  std::istringstream lines(text);
  std::string line, word;
  size_t column = 0;
  while (std::getline(lines, line)) {
    if (line.empty()) {
      out << "\n\n";
      column = 0;
    }
    std::istringstream words(line);
    while (words >> word) {
      if (column > 0 && column + 1 + word.size() > kLineWidth) {
        out << '\n';
        column = 0;
      }
      out << (column == 0 ? std::string(indent, ' ') : " ") << word;
      column += (column == 0 ? indent : 1) + word.size();
    }
  }
  out << '\n';
  return out.str();
}

void add_entry(std::ostream& out, const std::string& head, const std::string& text) {
  out << "  " << head << '\n' << wrapped(text, kIndent);
}

}  // namespace

std::string help_text(const About& about, const Arguments& arguments) {
  std::ostringstream out;
  out << "voxprior " << about.name << ": " << about.summary << "\n\n"
      << "usage: " << usage_line(about, arguments) << "\n\n"
      << wrapped(about.description, 0);
  if (!arguments.positionals().empty()) out << "\narguments\n";
  for (const auto& argument : arguments.positionals()) add_entry(out, argument.name, argument.description);
  out << "\noptions\n";
  for (const auto& option : option_texts(arguments)) {
    add_entry(out, option.usage, option.text + (option.fallback.empty() ? "" : " (default: " + option.fallback + ")"));
  }
  if (!about.references.empty()) out << "\nreferences\n";
  for (const auto& reference : about.references) out << wrapped(reference, 2);
  out << "\nResearch use only: not a medical device.\n";
  return out.str();
}

std::string manual_page(const About& about, const Arguments& arguments) {
  std::ostringstream out;
  out << "<!-- Written by `voxprior docs`; edit the command's source instead. -->\n"
      << "# voxprior " << about.name << "\n\n"
      << about.summary << "\n\n"
      << "```\n"
      << usage_line(about, arguments) << "\n```\n\n"
      << wrapped(about.description, 0);
  if (!arguments.positionals().empty()) out << "\n## Arguments\n\n";
  for (const auto& argument : arguments.positionals()) {
    out << "- `" << argument.name << "`: " << argument.description << "\n";
  }
  out << "\n## Options\n\n";
  for (const auto& option : option_texts(arguments)) {
    out << "- `" << option.usage << "`: " << option.text
        << (option.fallback.empty() ? "" : " (default: `" + option.fallback + "`)") << "\n";
  }
  if (!about.references.empty()) out << "\n## References\n\n";
  for (const auto& reference : about.references) out << "- " << reference << "\n";
  out << "\nResearch use only: not a medical device.\n";
  return out.str();
}

}  // namespace voxprior
