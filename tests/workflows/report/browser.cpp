#include "tests/workflows/report/browser.h"

#include <fcntl.h>
#include <png.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <stdexcept>
#include <thread>

namespace voxprior::test {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr int kAnswerLimit_ms = 120'000;

std::string from_base64(const std::string& text) {
  std::string bytes;
  unsigned group = 0, bits = 0;
  for (const char c : text) {
    const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const auto digit = digits.find(c);
    if (digit == std::string::npos) break;
    group = group << 6 | static_cast<unsigned>(digit);
    bits += 6;
    if (bits >= 8) bytes += static_cast<char>(group >> (bits -= 8) & 0xff);
  }
  return bytes;
}

Screenshot decoded(const std::string& png) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, png.data(), png.size()) == 0) throw std::runtime_error(image.message);
  image.format = PNG_FORMAT_GRAY;
  Screenshot shot{static_cast<int>(image.width), static_cast<int>(image.height), {}};
  shot.pixels.resize(PNG_IMAGE_SIZE(image));
  const png_color black{0, 0, 0};
  if (png_image_finish_read(&image, &black, shot.pixels.data(), 0, nullptr) == 0)
    throw std::runtime_error(image.message);
  return shot;
}

}  // namespace

double Screenshot::mean() const {
  double sum = 0;
  for (const std::uint8_t p : pixels) sum += p;
  return sum / static_cast<double>(pixels.size());
}

double Screenshot::spread() const {
  const double centre = mean();
  double sum = 0;
  for (const std::uint8_t p : pixels) sum += (p - centre) * (p - centre);
  return std::sqrt(sum / static_cast<double>(pixels.size()));
}

Browser::Browser(int width, int height) {
  int commands[2], answers[2];
  if (pipe2(commands, O_CLOEXEC) != 0 || pipe2(answers, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  const std::string folder = "--user-data-dir=" + profile_.path().string();
  const std::string size = "--window-size=" + std::to_string(width) + "," + std::to_string(height);
  id_ = fork();
  if (id_ == 0) {
    setpgid(0, 0);
    // Above 4 first, so that neither copy can overwrite the other's source.
    const int in = fcntl(commands[0], F_DUPFD, 10), out = fcntl(answers[1], F_DUPFD, 10);
    dup2(in, 3);
    dup2(out, 4);
    const int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    execlp("chromium", "chromium", "--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--hide-scrollbars",
           "--no-first-run", "--disable-background-networking", "--disable-component-update", "--use-angle=swiftshader",
           "--enable-unsafe-swiftshader", folder.c_str(), size.c_str(), "about:blank", static_cast<char*>(nullptr));
    _exit(127);
  }
  close(commands[0]);
  close(answers[1]);
  to_browser_ = commands[1];
  from_browser_ = answers[0];
  if (id_ < 0) throw std::runtime_error("fork failed");

  const json page = ask("Target.createTarget", {{"url", "about:blank"}}, false);
  const json attached = ask("Target.attachToTarget", {{"targetId", page["targetId"]}, {"flatten", true}}, false);
  session_ = attached["sessionId"];
  for (const char* domain : {"Page.enable", "Network.enable", "Log.enable", "Runtime.enable"})
    ask(domain, json::object());
  ask("Emulation.setDeviceMetricsOverride",
      {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}});
}

Browser::~Browser() {
  if (id_ > 0) {
    kill(-id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  close(to_browser_);
  close(from_browser_);
}

json Browser::next_message() {
  std::size_t end;
  while ((end = unread_.find('\0')) == std::string::npos) {
    pollfd stream{from_browser_, POLLIN, 0};
    if (poll(&stream, 1, kAnswerLimit_ms) <= 0) throw std::runtime_error("Chromium does not answer");
    char buffer[65536];
    const ssize_t count = read(from_browser_, buffer, sizeof buffer);
    if (count <= 0) throw std::runtime_error("Chromium ended; is it installed? scripts/setup.sh does it");
    unread_.append(buffer, static_cast<std::size_t>(count));
  }
  json message = json::parse(unread_.substr(0, end));
  unread_.erase(0, end + 1);
  return message;
}

void Browser::note_event(const json& message) {
  const std::string method = message.value("method", "");
  const json& what = message.contains("params") ? message["params"] : message;
  if (method == "Network.requestWillBeSent") {
    requests_[what["requestId"]] = what["request"]["url"];
  } else if (method == "Network.loadingFailed" && what.value("blockedReason", "") == "csp") {
    requests_.erase(what["requestId"].get<std::string>());
  } else if (method == "Log.entryAdded" && what["entry"]["level"] == "error") {
    complaints_.push_back(what["entry"]["text"]);
  } else if (method == "Runtime.exceptionThrown") {
    complaints_.push_back(what.dump());
  } else if (method == "Runtime.consoleAPICalled" && what["type"] == "error") {
    complaints_.push_back(what["args"].dump());
  }
}

json Browser::ask(const std::string& method, const json& parameters, bool of_page) {
  json question{{"id", ++last_id_}, {"method", method}, {"params", parameters}};
  if (of_page) question["sessionId"] = session_;
  const std::string bytes = question.dump() + '\0';
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = write(to_browser_, bytes.data() + sent, bytes.size() - sent);
    if (count <= 0) throw std::runtime_error("Chromium does not listen");
    sent += static_cast<std::size_t>(count);
  }
  for (;;) {
    json message = next_message();
    if (message.value("id", 0) != last_id_) {
      note_event(message);
      continue;
    }
    if (message.contains("error")) throw std::runtime_error(method + ": " + message["error"].dump());
    return message["result"];
  }
}

void Browser::open_file(const std::filesystem::path& page) {
  ask("Page.navigate", {{"url", "file://" + page.string()}});
  wait_for("document.readyState === 'complete' && location.protocol === 'file:'");
}

json Browser::value_of(const std::string& expression) {
  const json answer =
      ask("Runtime.evaluate", {{"expression", expression}, {"returnByValue", true}, {"awaitPromise", true}});
  if (answer.contains("exceptionDetails")) throw std::runtime_error(answer["exceptionDetails"].dump());
  return answer["result"].contains("value") ? answer["result"]["value"] : json();
}

void Browser::wait_for(const std::string& expression, double limit_s) {
  const auto limit = Clock::now() + std::chrono::duration<double>(limit_s);
  while (value_of(expression) != true) {
    if (Clock::now() > limit) throw std::runtime_error("never true: " + expression);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

void Browser::press(const std::string& key, const std::string& code) {
  for (const char* type : {"keyDown", "keyUp"})
    ask("Input.dispatchKeyEvent", {{"type", type}, {"key", key}, {"code", code}});
}

std::string Browser::png(const json& clip) {
  json wanted{{"format", "png"}, {"captureBeyondViewport", true}};
  if (!clip.is_null()) wanted["clip"] = clip;
  return from_base64(ask("Page.captureScreenshot", wanted)["data"]);
}

std::vector<Screenshot> Browser::pictures_of(const std::string& selector) {
  const json boxes = value_of(
      "[...document.querySelectorAll('" + selector +
      "')].map(e => { const r = e.getBoundingClientRect(); return {x: r.x + scrollX, y: r.y + scrollY, width: r.width, "
      "height: r.height, scale: 1}; })");
  std::vector<Screenshot> shots;
  for (const json& box : boxes) shots.push_back(decoded(png(box)));
  return shots;
}

std::string Browser::page_png() {
  const json size = ask("Page.getLayoutMetrics", json::object())["cssContentSize"];
  return png({{"x", 0}, {"y", 0}, {"width", size["width"]}, {"height", size["height"]}, {"scale", 1}});
}

}  // namespace voxprior::test
