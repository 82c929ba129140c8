#include "workflows/compare/report_page.h"

#include <fstream>
#include <iterator>
#include <sstream>

#include "base/version.h"
#include "workflows/compare/line_chart.h"
#include "workflows/compare/report_data.h"
#include "workflows/report/html.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr const char* kStyle =
    "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:1180px;padding:0 1em;color:#222}"
    "h1{font-size:1.6em}h2{font-size:1.2em;margin-top:2em;border-bottom:1px solid #ccc}"
    "table{border-collapse:collapse;width:100%;font-size:13px}th,td{text-align:left;padding:3px 8px;"
    "border-bottom:1px solid #eee;vertical-align:top}th{border-bottom:1px solid #999}td.n{white-space:nowrap}"
    ".worse{color:#b02a1c}.like{color:#1d6b38}.missing{color:#888;font-style:italic;font-size:12px}"
    "figure{display:inline-block;margin:0 1em 1em 0;vertical-align:top}figcaption{font-size:13px}"
    "img{max-width:560px;max-height:640px;image-rendering:pixelated;background:#000}svg text{font:11px sans-serif}"
    ".note{font-size:13px;color:#555}";

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string picture(const fs::path& path, const std::string& caption) {
  if (!fs::exists(path)) return "";
  return "<figure><img alt='' src='" + data_uri("image/png", bytes_of(path)) + "'><figcaption>" + escaped(caption) +
         "</figcaption></figure>\n";
}

std::string cell_html(const ComparisonCell& cell, bool has_floor, const std::string& good) {
  const bool judged = has_floor && !good.empty() && cell.value;
  std::string html = std::string("<td class='n") + (!judged ? "" : cell.worse ? " worse" : " like") + "'>";
  html += escaped(with_interval(cell.value));
  if (cell.seeds.size() > 1) html += " <span class='note'>(" + std::to_string(cell.seeds.size()) + ")</span>";
  if (!cell.missing.empty()) html += "<br><span class='missing'>" + escaped(cell.missing) + "</span>";
  return html + "</td>";
}

std::string table_html(const ComparisonTable& table, const std::string& section) {
  std::string html = "<table><tr><th>features</th><th>metric</th><th>better</th><th>real against real</th>";
  for (const std::string& name : table.contenders) html += "<th>" + escaped(name) + "</th>";
  html += "</tr>\n";
  for (const ComparisonRow& row : table.rows) {
    if (row.section != section) continue;
    html += "<tr><td>" + escaped(row.features) + "</td><td>" + escaped(row.metric) + "</td><td>" + row.good +
            "</td><td class='n'>" + escaped(with_interval(row.floor)) + "</td>";
    for (const ComparisonCell& cell : row.cells) html += cell_html(cell, row.floor.has_value(), row.good);
    html += "</tr>\n";
  }
  return html + "</table>\n";
}

bool has_section(const ComparisonTable& table, const std::string& section) {
  for (const ComparisonRow& row : table.rows)
    if (row.section == section) return true;
  return false;
}

std::string curves(const ComparisonTable& table) {
  std::string html;
  for (std::size_t c = 0; c < table.contenders.size(); ++c) {
    std::vector<ChartLine> lines;
    for (const TrainingTrace& trace : table.traces[c])
      lines.push_back({"seed " + std::to_string(trace.seed), trace.log.seconds, trace.log.loss});
    if (lines.empty()) continue;
    html += "<figure>" + line_chart(lines, "seconds of training", "loss") + "<figcaption>" +
            escaped(table.contenders[c]) + "</figcaption></figure>\n";
  }
  return html;
}

std::string course_chart(const MetricCourse& course, const std::vector<std::string>& contenders) {
  std::vector<ChartLine> lines;
  std::string missing;
  for (std::size_t n = 0; n < course.lines.size(); ++n) {
    const CourseLine& line = course.lines[n];
    const bool first = n == 0 || course.lines[n - 1].contender != line.contender;
    lines.push_back({first ? contenders[line.contender] : "", line.cpu_seconds, line.values, line.contender, true});
    if (!line.missing.empty())
      missing = "<br><span class='missing'>" +
                escaped(contenders[line.contender] + ", seed " + std::to_string(line.seed) + ": " + line.missing) +
                "</span>";
  }
  const std::string y_label = course.metric + (course.features == "modes" ? "" : ", " + course.features);
  return "<figure>" +
         line_chart(lines, "CPU seconds of training", y_label,
                    course.floor ? std::optional(course.floor->mean) : std::nullopt) +
         "<figcaption>" + escaped(course.metric) + " (better: " + course.good + ")" + missing +
         "</figcaption></figure>\n";
}

/// Metrics against training time.
std::string courses(const ComparisonRun& run, const ComparisonTable& table) {
  if (table.courses.empty()) return "";
  std::ostringstream html;
  html << "<h2>While they trained</h2>\n<p class='note'>The averaged weights at equal shares of the steps, up to "
       << run.config.snapshots << " a training, the finished model last; " << run.config.judged
       << " samples of each, drawn with the seed of the training; a line a seed. Dashed: what real volumes show. "
          "Processor time of the steps, without loading. A model on the way is not what a shorter training would have "
          "made: its learning rate has not fallen yet.</p>\n";
  for (const MetricCourse& course : table.courses) html << course_chart(course, table.contenders);
  return html.str();
}

std::string pictures(const ComparisonRun& run, const char* file, const std::string& caption) {
  std::string html;
  for (const SeedRun& one : run.runs) {
    if (one.seed != run.config.seeds.front()) continue;
    html += picture(one.folder / file,
                    run.config.contenders[one.contender].name + ", seed " + std::to_string(one.seed) + ": " + caption);
  }
  return html;
}

std::string introduction(const ComparisonRun& run, const ComparisonTable& table) {
  const ComparisonConfig& config = run.config;
  std::ostringstream html;
  html << "<p>" << run.training_volumes << " volumes to train on, " << run.held_out_volumes
       << " held out; every contender ";
  if (config.seconds > 0)
    html << "trained " << config.seconds << " s (steps from a measured step time)";
  else if (config.cpu_seconds > 0)
    html << "trained " << config.cpu_seconds << " s of processor time (steps from a measured step time)";
  else if (config.flop > 0)
    html << "trained " << config.flop << " floating-point operations (steps from those of one step)";
  else
    html << "trained " << config.steps << " steps";
  html
      << " with each of " << config.seeds.size() << " seed" << (config.seeds.size() == 1 ? "" : "s") << ", then made "
      << config.samples << " volumes, of which set metrics look at " << config.judged << ".</p>\n"
      << "<p class='note'>Values: mean over seeds [95 % interval of a bootstrap over seeds], in brackets how many "
         "seeds "
         "have one. <span class='worse'>Red</span>: the interval lies wholly on the bad side of what two halves of the "
         "held-out volumes show (for modes: of what a perfect generator shows); <span class='like'>green</span>: it "
         "does not. Random networks: ";
  for (const std::string& sha256 : table.extractors) html << sha256.substr(0, 16) << " ";
  html << "</p>\n";
  return html.str();
}

}  // namespace

std::string report_page(const ComparisonRun& run, const ComparisonTable& table) {
  std::string html = "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'><title>" +
                     escaped(run.config.title) + "</title><style>" + kStyle + "</style></head><body>\n<h1>" +
                     escaped(run.config.title) + "</h1>\n" + introduction(run, table);
  for (const char* section : {"fidelity", "diversity", "coverage", "memorisation", "stability", "cost", "downstream"}) {
    if (!has_section(table, section)) continue;
    std::string title = section;
    title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
    html += "<h2>" + title + "</h2>\n" + table_html(table, section);
    if (title == "Stability") html += curves(table) + courses(run, table);
    if (title == "Memorisation")
      html += pictures(run, "copies.png",
                       "the four samples nearest to training volumes; columns: sample, training volume, difference");
    if (title == "Fidelity") html += pictures(run, "synthesis.png", "held-out volumes left, samples right");
  }
  return html + "<p class='note'>Made by voxprior " + version() +
         ". Research use only: not a medical device. Numbers are in report.json and report.csv.</p></body></html>\n";
}

}  // namespace voxprior
