#include "workflows/node/computing.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "workflows/derived_record.h"
#include "workflows/platform.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr int kNice = 10;
constexpr const char* kLog = "compute.log";
constexpr std::size_t kMostQuoted = 300;

/// The images as they are now: what comes later is another run's.
void link_images(const fs::path& from, const fs::path& to) {
  for (const auto& entry : fs::directory_iterator(from))
    fs::create_hard_link(entry.path(), to / entry.path().filename());
}

void limit(int resource, rlim_t most) {
  const rlimit both{most, most};
  ::setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

/// Data segments and not the address space, most of which LibTorch maps without ever touching it.
void set_limits(const NodeConfig& config) {
  constexpr rlim_t program_bytes = rlim_t{2} << 30;  // beside the voxels: code, thread stacks, allocator arenas
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_DATA, static_cast<rlim_t>(config.memory_mb) * 1000000 + program_bytes);
  limit(RLIMIT_CPU, static_cast<rlim_t>(config.minutes * 60 * std::max<std::int64_t>(compute_threads(0), 1)));
  ::setpriority(PRIO_PROCESS, 0, kNice);
}

void redirect_output(const fs::path& log) {
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) fail(ExitCode::output, log, ": cannot be made");
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

std::vector<std::string> words_for(const fs::path& work, const NodeRule& rule, const NodeConfig& config) {
  const std::string in = (work / "in").string(), out = (work / "out").string();
  std::vector<std::string> words{executable_path().string()};
  const auto add = [&words](std::initializer_list<std::string> more) { words.insert(words.end(), more); };
  if (rule.task == "superres") {
    add({"recon", "superres", in, out, "--prior", rule.model});
    if (rule.thickness_mm > 0) add({"--thickness", number(rule.thickness_mm)});
    if (rule.spacing_mm > 0) add({"--spacing", number(rule.spacing_mm)});
  } else {
    add({"denoise", in, out, "--model", rule.model, "--noise", rule.noise, "--strength", number(rule.strength)});
  }
  add({"--memory", std::to_string(config.memory_mb), "--progress", "none"});
  if (config.threads > 0) add({"--threads", std::to_string(config.threads)});
  return words;
}

}  // namespace

std::string command_of(const NodeRule& rule) { return rule.task == "superres" ? "recon superres" : rule.task; }

int compute_series(const QueuedSeries& series, const NodeRule& rule, const NodeConfig& config) {
  const Spool spool(config);
  const fs::path work = spool.work_folder(series);
  fs::remove_all(work);  // of an attempt that was interrupted
  fs::create_directories(work / "in");
  link_images(spool.series_folder(series.key), work / "in");
  redirect_output(work / kLog);
  set_limits(config);
  ::setenv("SOURCE_DATE_EPOCH", std::to_string(static_cast<std::int64_t>(series.first_s)).c_str(), 1);

  std::vector<std::string> words = words_for(work, rule, config);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  return static_cast<int>(ExitCode::resources);
}

Computed results_of(const QueuedSeries& series, const NodeConfig& config) {
  const fs::path work = Spool(config).work_folder(series);
  Computed computed;
  std::error_code ignored;
  for (fs::directory_iterator entry(work / "out", ignored), end; entry != end; entry.increment(ignored)) {
    if (entry->is_directory() && holds_images(entry->path()))
      computed.folders.push_back(fs::relative(entry->path(), config.spool).string());
    if (entry->path().extension() != ".json") continue;
    const auto record = nlohmann::ordered_json::parse(std::ifstream(entry->path()), nullptr, false);
    const nlohmann::ordered_json model = record.is_object() ? model_in(record) : nlohmann::ordered_json();
    if (!model.is_object()) continue;
    computed.model = model.value("name", "");
    computed.model_sha256 = model.value("sha256", "");
  }
  std::sort(computed.folders.begin(), computed.folders.end());
  return computed;
}

bool holds_images(const fs::path& folder) {
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; entry != end; entry.increment(ignored))
    if (entry->path().extension() == ".dcm") return true;
  return false;
}

std::string last_words_of(const QueuedSeries& series, const NodeConfig& config) {
  std::ifstream log(Spool(config).work_folder(series) / kLog);
  std::string last;
  for (std::string line; std::getline(log, line);)
    if (!line.empty()) last = line;
  return last.substr(0, kMostQuoted);
}

}  // namespace voxprior
