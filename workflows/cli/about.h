#pragma once

#include <string>
#include <vector>

namespace voxprior {

/// What a command says about itself: the one source of `--help` and of docs/commands/<name>.md.
struct About {
  std::string name;         ///< as typed after `voxprior`, e.g. "add-noise"
  std::string summary;      ///< one line, no dot
  std::string description;  ///< paragraphs separated by a blank line; says when not to use the command, too
  std::vector<std::string> references;
};

}  // namespace voxprior
