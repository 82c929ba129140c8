#include "workflows/installed_models.h"

#include <cstdlib>
#include <set>
#include <sstream>

#include "base/error.h"
#include "workflows/platform.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr const char* kEnding = ".safetensors";

bool is_file_name(const std::string& model) {
  return model.find('/') != std::string::npos || fs::path(model).extension() == kEnding;
}

std::string known_names() {
  std::set<std::string> names;
  for (const fs::path& folder : model_folders()) {
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(folder, missing)) {
      if (entry.path().extension() == kEnding) names.insert(entry.path().stem().string());
    }
  }
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list.empty() ? "none are installed" : "known are: " + list;
}

}  // namespace

std::vector<fs::path> model_folders() {
  std::vector<fs::path> folders;
  if (const char* list = std::getenv("VOXPRIOR_MODELS")) {
    std::istringstream names(list);
    for (std::string name; std::getline(names, name, ':');) {
      if (!name.empty()) folders.push_back(name);
    }
  }
  folders.push_back(executable_path().parent_path().parent_path() / "share" / "voxprior" / "models");
  folders.push_back(VOXPRIOR_SOURCE_MODELS);
  return folders;
}

fs::path find_model(const std::string& model) {
  if (is_file_name(model)) {
    if (!fs::exists(model)) fail(ExitCode::model, fs::path(model), ": no such model file; check --model");
    return model;
  }
  for (const fs::path& folder : model_folders()) {
    const fs::path file = folder / (model + kEnding);
    if (fs::exists(file)) return file;
  }
  fail(ExitCode::model, "no model is called '", model, "' (", known_names(),
       "); name one of them or a file in --model");
}

fs::path find_synthesis_model(const std::string& model) {
  if (model.find('/') != std::string::npos) {
    if (!fs::is_directory(model)) fail(ExitCode::model, fs::path(model), ": no such model folder; check --model");
    return model;
  }
  for (const fs::path& folder : model_folders())
    if (fs::exists(folder / model / "coarse.safetensors")) return folder / model;
  fail(ExitCode::model, "no synthesis model is called '", model, "'; name an installed one or a folder in --model");
}

}  // namespace voxprior
