#pragma once

#include <string_view>

namespace voxprior {

// Text that the build put into the program.

std::string_view report_style();   ///< page.css
std::string_view viewer_script();  ///< viewer.js, which needs NiiVue before it

/// NiiVue, a viewer in WebGL 2 that defines the global `niivue`. All empty in a program that was built without it.
struct NiiVue {
  std::string_view version, script, licences;
};
NiiVue niivue();

}  // namespace voxprior
