#pragma once

#include <nlohmann/json.hpp>

#include "io/png.h"

namespace voxprior {

/// How numbers become colours, in pictures and in the viewer alike.
enum class Colours {
  grey,
  diverging,  ///< blue below, orange above, near black at the middle: nothing there is nothing to see
  heat        ///< black over violet and orange to pale yellow
};

/// The name that the viewer knows it by.
const char* name_of(Colours colours);

Palette palette_of(Colours colours);

/// The same for NiiVue's addColormap: R, G, B, A, I.
nlohmann::ordered_json niivue_palette(Colours colours);

}  // namespace voxprior
