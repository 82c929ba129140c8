#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/scratch_folder.h"

namespace voxprior::test {

/// An 8-bit grey picture.
struct Screenshot {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;

  double mean() const;
  double spread() const;  ///< standard deviation of the pixels: 0 for an empty canvas
};

/// Chromium without a window, spoken to through its DevTools protocol on a pipe. Everything throws when the browser
/// does not answer in time.
class Browser {
 public:
  Browser(int width, int height);
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  void open_file(const std::filesystem::path& page);

  /// The value of a JavaScript expression in the page.
  nlohmann::json value_of(const std::string& expression);

  /// Waits until the expression is true.
  void wait_for(const std::string& expression, double limit_s = 120);

  /// Presses a key, named as in KeyboardEvent.key and .code, at what has the focus.
  void press(const std::string& key, const std::string& code);

  /// What the screen shows of the elements that a CSS selector finds.
  std::vector<Screenshot> pictures_of(const std::string& selector);

  /// The whole page as PNG.
  std::string page_png();

  /// URLs that the page asked for, by number, less those that its policy stopped.
  const std::map<std::string, std::string>& requests() const { return requests_; }
  const std::vector<std::string>& complaints() const { return complaints_; }  ///< errors and broken policy, as logged

 private:
  nlohmann::json ask(const std::string& method, const nlohmann::json& parameters, bool of_page = true);
  nlohmann::json next_message();
  void note_event(const nlohmann::json& message);
  std::string png(const nlohmann::json& clip);

  ScratchFolder profile_;
  pid_t id_ = -1;
  int to_browser_ = -1, from_browser_ = -1;
  std::string unread_, session_;
  int last_id_ = 0;
  std::map<std::string, std::string> requests_;
  std::vector<std::string> complaints_;
};

}  // namespace voxprior::test
