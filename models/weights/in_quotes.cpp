#include "models/weights/in_quotes.h"

#include <algorithm>

namespace voxprior {

std::string in_quotes(const std::string& name) {
  constexpr std::size_t kLongest = 80;
  std::string text = name.substr(0, kLongest);
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return "\"" + text + (name.size() > kLongest ? "...\"" : "\"");
}

}  // namespace voxprior
