#include "models/training/metrics_log.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"

namespace voxprior {

using nlohmann::json;

void MetricsLog::start() {
  lines_.clear();
  write_file(file_, lines_, Overwrite::yes);
}

void MetricsLog::resume(std::int64_t step) {
  lines_.clear();
  std::ifstream in(file_);
  for (std::string line; std::getline(in, line);) {
    const json entry = json::parse(line, nullptr, false);
    const bool has_step = entry.is_object() && entry.contains("step") && entry["step"].is_number_integer();
    if (has_step && entry["step"].get<std::int64_t>() <= step) lines_ += line + "\n";
  }
}

bool MetricsLog::has(const std::string& key) const { return lines_.find("\"" + key + "\":") != std::string::npos; }

void MetricsLog::append_divergence(std::int64_t step, const std::string& what) {
  lines_ += json({{"step", step}, {"diverged", what}}).dump() + "\n";
  write_file(file_, lines_, Overwrite::yes);
}

void MetricsLog::append(const TrainingProgress& progress, const std::vector<ValidationScore>& scores) {
  json entry = {{"step", progress.step},
                {"loss", progress.loss},
                {"gradient_norm", progress.gradient_norm},
                {"learning_rate", progress.learning_rate},
                {"seconds_per_step", progress.seconds_per_step},
                {"cpu_seconds_per_step", progress.cpu_seconds_per_step}};
  for (const auto& [name, value] : progress.terms) entry[name] = value;
  if (progress.validation_psnr) entry["validation_psnr_db"] = *progress.validation_psnr;
  for (const ValidationScore& s : scores) {
    json score = {{"volume", s.volume}, {"sigma", s.sigma}, {"psnr_db", s.psnr_db}};
    if (!s.sampler.empty()) score["sampler"] = s.sampler;
    entry["validation"].push_back(std::move(score));
  }
  if (const auto& verdict = progress.verdict)
    entry["verdict"] = {{"kept", verdict->better ? "trained" : "initial"},
                        {"before_db", verdict->before_db},
                        {"after_db", verdict->after_db}};
  lines_ += entry.dump() + "\n";
  write_file(file_, lines_, Overwrite::yes);
}

}  // namespace voxprior
