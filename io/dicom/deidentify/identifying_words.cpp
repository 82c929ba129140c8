#include "io/dicom/deidentify/identifying_words.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace voxprior {
namespace {

constexpr std::size_t kLeastNameLetters = 2, kLeastTextLetters = 3, kLeastInsideWord = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Bytes of other alphabets count as letters, so that no character is ever cut in two.
bool is_word_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

/// Runs of word characters and what is between them, in turn; together they are the text.
std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> pieces;
  for (const char c : text) {
    if (pieces.empty() || is_word_character(pieces.back().back()) != is_word_character(c)) pieces.emplace_back();
    pieces.back() += c;
  }
  return pieces;
}

bool is_word(const std::string& piece) { return is_word_character(piece.front()); }

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_month(const std::string& word) {
  return is_one_of(word, {"jan",       "january", "feb",     "february", "mar",      "march", "apr",     "april",
                          "may",       "jun",     "june",    "jul",      "july",     "aug",   "august",  "sep",
                          "september", "oct",     "october", "nov",      "november", "dec",   "december"});
}

bool is_title(const std::string& word) {
  return is_one_of(word, {"dr", "prof", "professor", "doctor", "mrs", "miss", "herr", "frau", "mme"});
}

bool is_year(const std::string& word) {
  return word.size() == 4 && std::all_of(word.begin(), word.end(), is_digit) &&
         (word.compare(0, 2, "19") == 0 || word.compare(0, 2, "20") == 0);
}

bool has_long_number(const std::string& word) {
  std::size_t run = 0;
  for (const char c : word) {
    run = is_digit(c) ? run + 1 : 0;
    if (run >= 5) return true;
  }
  return false;
}

/// Dates written with separators (19.01.2004, 04-01-19) and addresses with '@', as a space.
std::string without_dates_and_addresses(std::string_view text) {
  std::string result;
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\\'; };
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_space(text[end]) == is_space(text[begin])) ++end;
    const std::string_view word = text.substr(begin, end - begin);
    const auto separators =
        std::count_if(word.begin(), word.end(), [](char c) { return c == '.' || c == '/' || c == '-'; });
    const auto digits = std::count_if(word.begin(), word.end(), is_digit);
    const bool date = separators >= 2 && digits >= 4 && digits + separators == static_cast<std::ptrdiff_t>(word.size());
    result += date || word.find('@') != std::string_view::npos ? std::string_view(" ") : word;
    begin = end;
  }
  return result;
}

/// Without separators at its ends, and no space twice.
std::string tidied(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == ' ' && (result.empty() || result.back() == ' ')) continue;
    result += c;
  }
  const auto first = std::find_if(result.begin(), result.end(), is_word_character);
  const auto last = std::find_if(result.rbegin(), std::make_reverse_iterator(first), is_word_character).base();
  return {first, last};
}

}  // namespace

void IdentifyingWords::add_name(std::string_view person_name) {
  for (const std::string& piece : pieces_of(person_name)) {
    if (is_word(piece) && piece.size() >= kLeastNameLetters) words_.insert(lower(piece));
  }
}

void IdentifyingWords::add_text(std::string_view text) {
  for (const std::string& piece : pieces_of(text)) {
    if (is_word(piece) && piece.size() >= kLeastTextLetters) words_.insert(lower(piece));
  }
}

bool IdentifyingWords::identifies(std::string_view word) const {
  const std::string folded = lower(word);
  return std::any_of(words_.begin(), words_.end(), [&](const std::string& known) {
    return known == folded || (known.size() >= kLeastInsideWord && folded.find(known) != std::string::npos);
  });
}

std::string IdentifyingWords::without_words(std::string_view text) const {
  std::string result;
  bool removed = false;
  for (const std::string& piece : pieces_of(text)) {
    const bool hit = is_word(piece) && identifies(piece);
    removed = removed || hit;
    if (!hit) result += piece;
  }
  return removed ? tidied(result) : std::string(text);
}

std::string IdentifyingWords::cleaned(std::string_view text) const {
  std::string result;
  bool behind_title = false;
  for (const std::string& piece : pieces_of(without_dates_and_addresses(text))) {
    if (!is_word(piece)) {
      result += piece;
      continue;
    }
    const std::string word = lower(piece);
    const bool title = is_title(word);
    const bool drop =
        behind_title || title || is_month(word) || is_year(word) || has_long_number(word) || identifies(word);
    if (!drop) result += piece;
    behind_title = title;
  }
  return tidied(result);
}

}  // namespace voxprior
