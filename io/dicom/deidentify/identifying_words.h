#pragma once

#include <set>
#include <string>
#include <string_view>

namespace voxprior {

/// The words that identify somebody in one data set, and how to take them out of a description.
///
/// Comparison ignores case of ASCII letters. A name of four letters or more is also found inside a longer word. It
/// knows no name that the data set does not hold in an attribute for names, ids, dates or institutions.
class IdentifyingWords {
 public:
  void add_name(std::string_view person_name);  ///< VR PN: components and groups count one by one
  void add_text(std::string_view text);         ///< an id, a place, an address: its words of three letters or more

  /// `text` without identifying words, and without anything that looks like one: dates, years, months, numbers of five
  /// digits or more, titles with the word behind them, addresses with '@'. May come out empty.
  std::string cleaned(std::string_view text) const;

  /// `text` without the identifying words alone.
  std::string without_words(std::string_view text) const;

 private:
  bool identifies(std::string_view word) const;
  std::set<std::string> words_;  // lower case
};

}  // namespace voxprior
