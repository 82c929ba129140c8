#include "workflows/compare/report_data.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/version.h"
#include "workflows/platform.h"

namespace voxprior {
namespace {

using nlohmann::ordered_json;

ordered_json as_json(const std::optional<Estimate>& e) {
  if (!e) return nullptr;
  return {{"mean", e->mean}, {"low", e->low}, {"high", e->high}};
}

ordered_json as_json(const std::optional<ChildOutcome>& step) {
  if (!step) return nullptr;
  ordered_json json{{"exit_code", step->exit_code},
                    {"seconds", step->seconds},
                    {"cpu_seconds", step->cpu_seconds},
                    {"peak_bytes", step->peak_bytes}};
  if (!step->last_error.empty()) json["error"] = step->last_error;
  return json;
}

ordered_json as_json(const ComparisonRow& row, const std::vector<std::string>& contenders) {
  ordered_json json{{"section", row.section},
                    {"features", row.features},
                    {"metric", row.metric},
                    {"good", row.good},
                    {"real_vs_real", as_json(row.floor)}};
  for (std::size_t c = 0; c < contenders.size(); ++c) {
    const ComparisonCell& cell = row.cells[c];
    ordered_json& one = json["contenders"][contenders[c]];
    one = {{"value", as_json(cell.value)}, {"seeds", cell.seeds}, {"worse_than_real", cell.worse}};
    if (!cell.missing.empty()) one["missing"] = cell.missing;
  }
  return json;
}

ordered_json as_json(const MetricCourse& course, const std::vector<std::string>& contenders) {
  ordered_json json{{"features", course.features},
                    {"metric", course.metric},
                    {"good", course.good},
                    {"real_vs_real", as_json(course.floor)},
                    {"lines", ordered_json::array()}};
  for (const CourseLine& line : course.lines) {
    ordered_json one{{"contender", contenders[line.contender]},
                     {"seed", line.seed},
                     {"steps", line.steps},
                     {"training_cpu_seconds", line.cpu_seconds},
                     {"values", line.values}};  // NaN becomes null
    if (!line.missing.empty()) one["missing"] = line.missing;
    json["lines"].push_back(std::move(one));
  }
  return json;
}

ordered_json as_json(const SeedRun& run, const ComparisonConfig& config) {
  return {{"contender", config.contenders[run.contender].name},
          {"seed", run.seed},
          {"training_steps", run.steps},
          {"train", as_json(run.train)},
          {"synth", as_json(run.synth)},
          {"synthesis", as_json(run.synthesis)},
          {"memorisation", as_json(run.memorisation)},
          {"modes", as_json(run.modes)},
          {"downstream", as_json(run.downstream)}};
}

std::string quoted(const std::string& text) {
  std::string safe = "\"";
  for (const char c : text) safe += c == '"' ? std::string("\"\"") : std::string(1, c);
  return safe + "\"";
}

std::string fields(const std::optional<Estimate>& e) {
  if (!e) return ",,";
  char text[96];
  std::snprintf(text, sizeof text, "%.6g,%.6g,%.6g", e->mean, e->low, e->high);
  return text;
}

}  // namespace

std::string report_json(const ComparisonRun& run, const ComparisonTable& table) {
  const ComparisonConfig& config = run.config;
  ordered_json json{{"program", "voxprior"},
                    {"version", version()},
                    {"notice", "Research use only: not a medical device."},
                    {"command_line", process_command_line()},
                    {"title", config.title},
                    {"train", {{"path", config.train.string()}, {"volumes", run.training_volumes}}},
                    {"holdout", {{"path", config.holdout.string()}, {"volumes", run.held_out_volumes}}},
                    {"budget_seconds", config.seconds},
                    {"budget_cpu_seconds", config.cpu_seconds},
                    {"budget_steps", config.steps},
                    {"budget_flop", config.flop},
                    {"seeds", config.seeds},
                    {"samples", config.samples},
                    {"samples_judged", config.judged},
                    {"interval",
                     "2.5th to 97.5th percentile of a bootstrap over seeds, each seed as uncertain as its "
                     "own half-sample draws"},
                    {"random_networks_sha256", table.extractors},
                    {"rows", ordered_json::array()},
                    {"snapshots", config.snapshots},
                    {"while_training", ordered_json::array()},
                    {"runs", ordered_json::array()}};
  for (const ComparisonRow& row : table.rows) json["rows"].push_back(as_json(row, table.contenders));
  for (const MetricCourse& course : table.courses) json["while_training"].push_back(as_json(course, table.contenders));
  for (const SeedRun& one : run.runs) json["runs"].push_back(as_json(one, config));
  return json.dump(2, ' ', false, nlohmann::detail::error_handler_t::replace) + "\n";
}

std::string report_csv(const ComparisonTable& table) {
  std::string csv =
      "section,features,metric,good,contender,mean,low,high,seeds,real_mean,real_low,real_high,worse,missing\n";
  for (const ComparisonRow& row : table.rows)
    for (std::size_t c = 0; c < table.contenders.size(); ++c) {
      const ComparisonCell& cell = row.cells[c];
      csv += row.section + "," + quoted(row.features) + "," + quoted(row.metric) + "," + row.good + "," +
             table.contenders[c] + "," + fields(cell.value) + "," + std::to_string(cell.seeds.size()) + "," +
             fields(row.floor) + "," + (cell.worse ? "1" : "0") + "," + quoted(cell.missing) + "\n";
    }
  return csv;
}

std::string snapshots_csv(const ComparisonTable& table) {
  std::string csv = "features,metric,good,contender,seed,step,cpu_seconds,value,real_mean,real_low,real_high,missing\n";
  for (const MetricCourse& course : table.courses)
    for (const CourseLine& line : course.lines)
      for (std::size_t n = 0; n < line.steps.size(); ++n) {
        const bool has_value = std::isfinite(line.values[n]);
        char numbers[64];
        std::snprintf(numbers, sizeof numbers, "%.6g,%.6g", line.cpu_seconds[n], line.values[n]);
        std::string text = numbers;
        if (!has_value) text = text.substr(0, text.find(',') + 1);
        csv += quoted(course.features) + "," + quoted(course.metric) + "," + course.good + "," +
               table.contenders[line.contender] + "," + std::to_string(line.seed) + "," +
               std::to_string(line.steps[n]) + "," + text + "," + fields(course.floor) + "," +
               quoted(has_value ? "" : line.missing) + "\n";
      }
  return csv;
}

std::string with_interval(const std::optional<Estimate>& e) {
  if (!e) return "-";
  char text[80];
  if (e->low == e->high)
    std::snprintf(text, sizeof text, "%.4g", e->mean);
  else
    std::snprintf(text, sizeof text, "%.3g [%.3g, %.3g]", e->mean, e->low, e->high);
  return text;
}

}  // namespace voxprior
