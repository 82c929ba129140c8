#include "workflows/compare/comparison_step.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/sha256.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

fs::path beside(const ComparisonStep& step, const char* ending) { return step.folder / (step.name + ending); }

std::string key_of(const ComparisonStep& step) {
  Sha256 hash;
  for (const std::string& word : step.words) hash.update(word.c_str(), word.size() + 1);
  hash.update(step.inputs.data(), step.inputs.size());
  return hash.hex();
}

void throw_what_is_no_result(const ComparisonStep& step, const ChildOutcome& outcome) {
  const auto is = [&](ExitCode code) { return outcome.exit_code == static_cast<int>(code); };
  const bool stopped = is(ExitCode::resumable) || outcome.exit_code == 130 || outcome.exit_code == 143;
  if (stopped) fail(ExitCode::resumable, step.folder, ": ", step.name, " was stopped; add --resume to go on");
  for (const ExitCode code : {ExitCode::output, ExitCode::usage})
    if (is(code)) fail(code, step.folder, ": ", step.name, " ended with: ", outcome.last_error);
}

}  // namespace

std::optional<ChildOutcome> finished(const ComparisonStep& step) {
  std::ifstream file(beside(step, ".done.json"), std::ios::binary);
  const json marker = json::parse(file, nullptr, false);
  if (!marker.is_object() || marker.value("key", "") != key_of(step)) return std::nullopt;
  return ChildOutcome{marker.value("exit_code", 1), marker.value("seconds", 0.), marker.value("cpu_seconds", 0.),
                      marker.value("peak_bytes", 0.), marker.value("last_error", "")};
}

ChildOutcome run_step(const ComparisonStep& step, const std::function<void()>& tick) {
  if (const auto before = finished(step)) return *before;
  fs::create_directories(step.folder);
  std::vector<std::string> words = step.words;
  words.insert(words.end(), step.resume_words.begin(), step.resume_words.end());
  const ChildOutcome outcome = run_self(words, beside(step, ".log"), tick);
  throw_what_is_no_result(step, outcome);
  const json marker{{"key", key_of(step)},
                    {"words", step.words},
                    {"exit_code", outcome.exit_code},
                    {"seconds", outcome.seconds},
                    {"cpu_seconds", outcome.cpu_seconds},
                    {"peak_bytes", outcome.peak_bytes},
                    {"last_error", outcome.last_error}};
  write_file(beside(step, ".done.json"), marker.dump(2, ' ', false, nlohmann::detail::error_handler_t::replace) + "\n",
             Overwrite::yes);
  return outcome;
}

}  // namespace voxprior
