#include "workflows/compare/training_log.h"

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

namespace voxprior {

using nlohmann::json;

double TrainingLog::cpu_seconds_at(std::int64_t step) const {
  std::int64_t before = 0;
  double spent = 0;
  for (std::size_t n = 0; n < steps.size(); ++n) {
    if (step <= steps[n])
      return spent +
             (cpu_seconds[n] - spent) * static_cast<double>(step - before) / static_cast<double>(steps[n] - before);
    before = steps[n];
    spent = cpu_seconds[n];
  }
  return spent;
}

TrainingLog read_training_log(const std::filesystem::path& metrics) {
  TrainingLog log;
  std::ifstream file(metrics);
  std::int64_t before = 0;
  double seconds = 0, cpu_seconds = 0;
  for (std::string line; std::getline(file, line);) {
    const json entry = json::parse(line, nullptr, false);
    if (!entry.is_object() || !entry.contains("loss") || entry.value("step", std::int64_t{0}) <= before) continue;
    const std::int64_t step = entry["step"].get<std::int64_t>();
    const auto taken = static_cast<double>(step - before);
    before = step;
    seconds += taken * entry.value("seconds_per_step", 0.);
    cpu_seconds += taken * entry.value("cpu_seconds_per_step", 0.);
    log.flop_per_step = entry.value("flop_per_step", log.flop_per_step);
    log.steps.push_back(step);
    log.loss.push_back(entry["loss"].is_number() ? entry["loss"].get<double>()
                                                 : std::numeric_limits<double>::quiet_NaN());
    log.seconds.push_back(seconds);
    log.cpu_seconds.push_back(cpu_seconds);
  }
  return log;
}

}  // namespace voxprior
