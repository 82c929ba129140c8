#include "workflows/compare/line_chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "workflows/report/html.h"

namespace voxprior {
namespace {

constexpr double kLeft = 58, kRight = 370, kTop = 12, kBottom = 180;
// Told apart by the colour-blind, too: Okabe and Ito 2008, Color Universal Design, but for the bluish green.
constexpr std::array<const char*, 6> kColours{"#0072b2", "#d55e00", "#222222", "#cc79a7", "#e69f00", "#56b4e9"};

constexpr double kLogarithmicFrom = 1000;  // times the least value, from which the largest would hide all else

/// The finite range of some numbers, never empty.
struct Range {
  double low = 0, high = 1;
  bool logarithmic = false;

  explicit Range(const std::vector<double>& all) {
    bool any = false;
    for (const double v : all) {
      if (!std::isfinite(v)) continue;
      low = any ? std::min(low, v) : v;
      high = any ? std::max(high, v) : v;
      any = true;
    }
    if (!(high > low)) high = low + 1;
  }
  double share(double v) const {
    return logarithmic ? std::log(v / low) / std::log(high / low) : (v - low) / (high - low);
  }
};

std::string number(double v, const char* format) {
  char text[32];
  std::snprintf(text, sizeof text, format, v);
  return text;
}

std::string text_at(double x, double y, const char* anchor, const std::string& text) {
  return "<text x='" + number(x, "%.1f") + "' y='" + number(y, "%.1f") + "' text-anchor='" + anchor + "'>" +
         escaped(text) + "</text>";
}

std::string line_path(const ChartLine& line, const Range& xs, const Range& ys, const char* colour) {
  const auto px = [&](double v) { return number(kLeft + xs.share(v) * (kRight - kLeft), "%.1f"); };
  const auto py = [&](double v) { return number(kBottom - ys.share(v) * (kBottom - kTop), "%.1f"); };
  std::string path, ends, dots;
  std::size_t last = line.x.size();
  for (std::size_t n = 0; n < line.x.size(); ++n) {
    if (std::isfinite(line.y[n])) {
      path += (last == line.x.size() ? "M" : "L") + px(line.x[n]) + " " + py(line.y[n]);
      if (line.dots || line.x.size() == 1)
        dots += "<circle cx='" + px(line.x[n]) + "' cy='" + py(line.y[n]) + "' r='2.5' fill='" + colour + "'/>";
      last = n;
    } else if (last < line.x.size()) {
      ends += "<text x='" + px(line.x[last]) + "' y='" + py(line.y[last]) + "' fill='" + colour + "'>&#10005;</text>";
      break;
    }
  }
  return "<path d='" + path + "' fill='none' stroke='" + colour + "' stroke-width='1.5'/>" + dots + ends;
}

}  // namespace

std::string line_chart(const std::vector<ChartLine>& lines, const std::string& x_label, const std::string& y_label,
                       std::optional<double> reference) {
  std::vector<double> all_x{0}, all_y;
  for (const ChartLine& line : lines) {
    all_x.insert(all_x.end(), line.x.begin(), line.x.end());
    all_y.insert(all_y.end(), line.y.begin(), line.y.end());
  }
  const Range values(all_y);
  const bool logarithmic = values.low > 0 && values.high > kLogarithmicFrom * values.low;
  if (logarithmic && reference && *reference <= 0) reference.reset();
  if (reference) all_y.push_back(*reference);
  Range ys(all_y);
  ys.logarithmic = logarithmic;
  const Range xs(all_x);
  std::string svg = "<svg viewBox='0 -16 380 236' width='380' height='236' role='img'>";
  svg += "<path d='M58 12V180H370' fill='none' stroke='#999'/>";
  svg += text_at(kLeft - 4, kBottom, "end", number(ys.low, "%.3g")) +
         text_at(kLeft - 4, kTop + 8, "end", number(ys.high, "%.3g"));
  svg += text_at(kLeft, kBottom + 14, "start", number(xs.low, "%.3g")) +
         text_at(kRight, kBottom + 14, "end", number(xs.high, "%.3g"));
  svg += text_at((kLeft + kRight) / 2, kBottom + 14, "middle", x_label) +
         text_at(kLeft, 0, "start", y_label + (logarithmic ? " (logarithmic)" : ""));
  if (reference) {
    const std::string y = number(kBottom - ys.share(*reference) * (kBottom - kTop), "%.1f");
    svg += "<path d='M58 " + y + "H370' stroke='#555' stroke-dasharray='5 4'/>";
  }
  double at = kLeft;
  for (std::size_t n = 0; n < lines.size(); ++n) {
    if (lines[n].x.empty()) continue;
    const char* colour = kColours[lines[n].colour.value_or(n) % kColours.size()];
    svg += line_path(lines[n], xs, ys, colour);
    if (lines[n].name.empty()) continue;
    svg += "<text x='" + number(at, "%.1f") + "' y='212' fill='" + colour + "'>" + escaped(lines[n].name) + "</text>";
    at += 12 + 6.5 * static_cast<double>(lines[n].name.size());
  }
  return svg + "</svg>";
}

}  // namespace voxprior
