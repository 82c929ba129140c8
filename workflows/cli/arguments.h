#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <map>
#include <string>
#include <vector>

namespace voxprior {

/// What a command takes: positional arguments and options. Paths are std::string, because
/// Boost 1.74 cannot parse a std::filesystem::path with a space in it.
class Arguments {
 public:
  struct Positional {
    std::string name;  ///< in capitals, as shown: "IN"
    std::string description;
    std::string* value;
    bool required = true;
  };

  /// The next positional argument goes to *value.
  Arguments& positional(const std::string& name, std::string* value, const std::string& description);

  /// A positional argument that may be left out: *value stays as it is then. None that is required may follow.
  Arguments& optional_positional(const std::string& name, std::string* value, const std::string& description);

  /// A name that others call an option by, as it is typed: same("-w", "--work-dir"). The help says so in its own words.
  Arguments& same(const std::string& other, const std::string& option);

  /// An option with a value, as in Boost.Program_options: option("sigma", po::value(&sigma)->value_name("S"), "...").
  /// Takes ownership of `value`.
  Arguments& option(const std::string& name, const boost::program_options::value_semantic* value,
                    const std::string& description);

  /// An option without a value, which sets *value to true.
  Arguments& flag(const std::string& name, bool* value, const std::string& description);

  /// Adds `--progress`, for commands that take longer than a blink.
  Arguments& with_progress();

  /// Fills all values. Throws Error(ExitCode::usage) that names the option or argument at fault.
  void parse(const std::vector<std::string>& words) const;

  const std::vector<Positional>& positionals() const { return positionals_; }
  const boost::program_options::options_description& described() const { return described_; }
  const std::string& progress_style() const { return progress_style_; }

 private:
  /// The words with every other name replaced by that of its option.
  std::vector<std::string> in_our_names(std::vector<std::string> words) const;

  std::vector<Positional> positionals_;
  std::map<std::string, std::string> other_names_;
  boost::program_options::options_description described_;
  std::string progress_style_ = "none";
};

/// An option with a fixed set of words as values; the first is the default.
boost::program_options::typed_value<std::string>* choice(std::string* value, const std::string& option,
                                                         const std::vector<std::string>& words);

/// An option whose value is a positive finite number.
boost::program_options::typed_value<double>* positive(double* value, const std::string& option);

/// An option whose value is an integer of at least `minimum`.
boost::program_options::typed_value<long long>* at_least(long long minimum, long long* value,
                                                         const std::string& option);

/// Text -> number, all of it. Throws Error(ExitCode::usage) naming the option when it is not a positive finite number.
double parse_positive(const std::string& option, const std::string& text);

}  // namespace voxprior
