#include "workflows/cli/arguments.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

std::string join(const std::vector<std::string>& words, const std::string& separator) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : separator) + word;
  return joined;
}

/// No abbreviations (a new option must never change what an old script means) and no short options (so that "-5" is a
/// number, which the option that receives it can then refuse by name).
po::command_line_parser strict_parser(const std::vector<std::string>& words) {
  using namespace po::command_line_style;
  return po::command_line_parser(words).style(allow_long | long_allow_adjacent | long_allow_next);
}

/// "-x" in a place where a value belongs is a misspelt option, unless it stands behind "--".
void refuse_short_options(const std::vector<std::string>& words, const std::vector<std::string>& operands) {
  const auto end = std::find(words.begin(), words.end(), "--");
  for (const std::string& operand : operands) {
    if (operand.size() > 1 && operand[0] == '-' && std::find(words.begin(), end, operand) != end) {
      fail(ExitCode::usage, "unrecognised option '", operand, "'; see --help");
    }
  }
}

void parse_words(const std::vector<std::string>& words, const po::options_description& options,
                 const po::positional_options_description& places) {
  po::variables_map found;
  po::store(strict_parser(words).options(options).positional(places).run(), found);
  po::notify(found);
}

}  // namespace

Arguments& Arguments::positional(const std::string& name, std::string* value, const std::string& description) {
  positionals_.push_back({name, description, value});
  return *this;
}

Arguments& Arguments::optional_positional(const std::string& name, std::string* value, const std::string& description) {
  positionals_.push_back({name, description, value, false});
  return *this;
}

Arguments& Arguments::same(const std::string& other, const std::string& option) {
  other_names_[other] = option;
  return *this;
}

std::vector<std::string> Arguments::in_our_names(std::vector<std::string> words) const {
  const auto end = std::find(words.begin(), words.end(), "--");
  for (auto word = words.begin(); word != end; ++word) {
    const auto known = other_names_.find(word->substr(0, word->find('=')));
    if (known != other_names_.end()) word->replace(0, known->first.size(), known->second);
  }
  return words;
}

Arguments& Arguments::option(const std::string& name, const po::value_semantic* value, const std::string& description) {
  described_.add_options()(name.c_str(), value, description.c_str());
  return *this;
}

Arguments& Arguments::flag(const std::string& name, bool* value, const std::string& description) {
  return option(name, po::bool_switch(value), description);
}

Arguments& Arguments::with_progress() {
  return option("progress", choice(&progress_style_, "--progress", {"auto", "plain", "none", "slicer"}),
                "how to show progress on stderr; slicer prints the XML that 3D Slicer reads, on stdout");
}

void Arguments::parse(const std::vector<std::string>& as_typed) const {
  const std::vector<std::string> words = in_our_names(as_typed);
  const std::string operands = "positional arguments";  // the space keeps it from ever being typed as an option
  std::vector<std::string> given;
  po::options_description all;
  all.add(described_);
  all.add_options()(operands.c_str(), po::value(&given));
  try {
    parse_words(words, all, po::positional_options_description().add(operands.c_str(), -1));
  } catch (const po::error& error) {
    fail(ExitCode::usage, error.what(), "; see --help");
  }
  refuse_short_options(words, given);
  if (given.size() < positionals_.size() && positionals_[given.size()].required) {
    fail(ExitCode::usage, "the argument ", positionals_[given.size()].name, " is missing; see --help");
  }
  if (given.size() > positionals_.size()) {
    fail(ExitCode::usage, "unexpected argument '", given[positionals_.size()], "'; see --help");
  }
  for (size_t i = 0; i < given.size(); ++i) {
    if (given[i].empty()) fail(ExitCode::usage, "the argument ", positionals_[i].name, " is empty; see --help");
    *positionals_[i].value = given[i];
  }
}

po::typed_value<std::string>* choice(std::string* value, const std::string& option,
                                     const std::vector<std::string>& words) {
  const auto check = [option, words](const std::string& word) {
    if (std::find(words.begin(), words.end(), word) == words.end()) {
      fail(ExitCode::usage, option, ": '", word, "' is none of ", join(words, ", "));
    }
  };
  return po::value(value)->value_name(join(words, "|"))->default_value(words.front())->notifier(check);
}

po::typed_value<double>* positive(double* value, const std::string& option) {
  return po::value(value)->notifier([option](double number) {
    if (!(number > 0) || std::isinf(number)) fail(ExitCode::usage, option, ": must be a positive number, got ", number);
  });
}

po::typed_value<long long>* at_least(long long minimum, long long* value, const std::string& option) {
  return po::value(value)->notifier([minimum, option](long long number) {
    if (number < minimum) fail(ExitCode::usage, option, ": must be at least ", minimum, ", got ", number);
  });
}

double parse_positive(const std::string& option, const std::string& text) {
  size_t used = 0;
  double number = 0;
  try {
    number = std::stod(text, &used);
  } catch (const std::logic_error&) {
    used = 0;
  }
  if (used == 0 || used != text.size() || !(number > 0) || std::isinf(number)) {
    fail(ExitCode::usage, option, ": must be a positive number, got '", text, "'");
  }
  return number;
}

}  // namespace voxprior
