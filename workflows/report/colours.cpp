#include "workflows/report/colours.h"

#include <cmath>
#include <vector>

namespace voxprior {
namespace {

struct Stop {
  int index, red, green, blue;
};

std::vector<Stop> stops_of(Colours colours) {
  switch (colours) {
    case Colours::diverging:
      return {{0, 150, 215, 255}, {64, 30, 105, 190}, {127, 12, 12, 14},
              {128, 12, 12, 14},  {192, 190, 85, 15}, {255, 255, 205, 120}};
    case Colours::heat:
      return {{0, 0, 0, 4}, {64, 66, 12, 94}, {128, 170, 44, 86}, {192, 240, 120, 30}, {255, 252, 250, 180}};
    case Colours::grey:
      break;
  }
  return {{0, 0, 0, 0}, {255, 255, 255, 255}};
}

}  // namespace

const char* name_of(Colours colours) {
  switch (colours) {
    case Colours::diverging:
      return "voxprior_diverging";
    case Colours::heat:
      return "voxprior_heat";
    case Colours::grey:
      break;
  }
  return "gray";
}

Palette palette_of(Colours colours) {
  const std::vector<Stop> stops = stops_of(colours);
  Palette palette{};
  for (std::size_t s = 1; s < stops.size(); ++s) {
    const Stop &from = stops[s - 1], &to = stops[s];
    for (int i = from.index; i <= to.index; ++i) {
      const double t = static_cast<double>(i - from.index) / (to.index - from.index);
      const auto mixed = [t](int a, int b) { return static_cast<std::uint8_t>(std::lround(a + t * (b - a))); };
      const auto entry = static_cast<std::size_t>(3 * i);
      palette[entry] = mixed(from.red, to.red);
      palette[entry + 1] = mixed(from.green, to.green);
      palette[entry + 2] = mixed(from.blue, to.blue);
    }
  }
  return palette;
}

nlohmann::ordered_json niivue_palette(Colours colours) {
  nlohmann::ordered_json palette;
  for (const Stop& stop : stops_of(colours)) {
    palette["R"].push_back(stop.red);
    palette["G"].push_back(stop.green);
    palette["B"].push_back(stop.blue);
    palette["A"].push_back(255);
    palette["I"].push_back(stop.index);
  }
  return palette;
}

}  // namespace voxprior
