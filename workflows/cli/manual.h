#pragma once

#include <string>

#include "workflows/cli/about.h"
#include "workflows/cli/arguments.h"

namespace voxprior {

/// What `voxprior NAME --help` prints.
std::string help_text(const About& about, const Arguments& arguments);

/// The same as a Markdown page, for docs/commands/NAME.md.
std::string manual_page(const About& about, const Arguments& arguments);

}  // namespace voxprior
