#include "workflows/batch/summary.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "base/atomic_file.h"
#include "workflows/batch/case_marker.h"
#include "workflows/batch/outliers.h"
#include "workflows/provenance.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr double kLeastSpreadOfNoise = 0.05;      // of ln(sigma): noise that differs by 5 % is nothing odd
constexpr double kLeastSpreadOfStructure = 0.01;  // what it varies by on scans that differ in nothing

SummaryRow row_of(const BatchCase& one, const CaseStore& store) {
  SummaryRow row;
  row.name = one.name;
  row.label = one.label;
  row.output = one.output.string();
  row.status = "missing";
  if (!one.reason.empty()) {
    row.status = "skipped";
    row.reason = one.reason;
  } else if (const auto marker = store.marker(one.name)) {
    const auto done = done_case_from(*marker);
    const auto failed = failed_case_from(*marker);
    if (done) {
      row.status = "done";
      row.facts = done->facts;
    } else if (failed) {
      row.status = "failed";
      row.reason = failed->reason;
      row.exit_code = static_cast<int>(failed->code);
    }
  }
  return row;
}

void score(std::vector<SummaryRow>& rows, const char* what, const std::vector<std::optional<double>>& values,
           double least_spread) {
  const std::vector<double> scores = robust_scores(values, least_spread);
  for (std::size_t n = 0; n < rows.size(); ++n) {
    rows[n].oddness = std::max(rows[n].oddness, scores[n]);
    if (scores[n] < kOutlierScore) continue;
    char text[96];
    std::snprintf(text, sizeof text, "%s is %.0f deviations from the middle", what, scores[n]);
    rows[n].odd.emplace_back(text);
  }
}

void find_outliers(std::vector<SummaryRow>& rows) {
  std::vector<std::optional<double>> noise, structure;
  for (const SummaryRow& row : rows) {
    const auto sigma = row.figure("relative_sigma");
    noise.emplace_back();
    if (sigma && *sigma > 0) noise.back() = std::log(*sigma);
    structure.push_back(row.figure("residual_structure"));
  }
  score(rows, "noise", noise, kLeastSpreadOfNoise);
  score(rows, "residual structure", structure, kLeastSpreadOfStructure);
}

std::size_t notices_of(const SummaryRow& row) { return row.facts.is_object() ? row.facts["notices"].size() : 0; }

int rank_of(const SummaryRow& row) {
  if (row.status == "failed") return 0;
  if (row.status == "missing") return 1;
  if (!row.odd.empty()) return 2;
  if (row.status == "skipped") return 5;
  return notices_of(row) > 0 ? 3 : 4;
}

bool comes_before(const SummaryRow& a, const SummaryRow& b) {
  const int first = rank_of(a), second = rank_of(b);
  if (first != second) return first < second;
  if (first == 2 && a.oddness != b.oddness) return a.oddness > b.oddness;
  return a.name < b.name;
}

/// A cell of a table: without what would end it.
std::string cell(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text.empty() ? "n/a" : text;
}

std::string number_cell(const std::optional<double>& value) {
  if (!value) return "n/a";
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", *value);
  return text;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

std::vector<std::string> warnings_of(const SummaryRow& row) {
  if (!row.reason.empty()) return {row.reason};
  return row.facts.is_object() ? row.facts["notices"].get<std::vector<std::string>>() : std::vector<std::string>();
}

/// A text in the facts: noise.kind, model.name.
std::string text_of(const SummaryRow& row, const char* part, const char* key) {
  return row.facts.is_object() && row.facts.contains(part) ? row.facts[part].value(key, "") : "";
}

std::string table_of(const BatchSummary& summary) {
  std::string text =
      "scan\toutput\tstatus\toutlier\tnoise\tsigma\trelative_sigma\tresidual_structure\tseconds\tmodel\tclipped_"
      "voxels\t"
      "warnings\n";
  for (const SummaryRow& row : summary.rows) {
    const bool has_noise = row.facts.is_object() && row.facts.contains("noise");
    const std::string sigma = has_noise ? number_cell(row.facts["noise"]["sigma"].get<double>()) : "n/a";
    for (const std::string& text_cell :
         {cell(row.name), cell(row.status == "done" ? row.output : ""), row.status, cell(joined(row.odd)),
          cell(text_of(row, "noise", "kind")), sigma, number_cell(row.figure("relative_sigma")),
          number_cell(row.figure("residual_structure")), number_cell(row.figure("seconds")),
          cell(text_of(row, "model", "name")), number_cell(row.figure("clipped_voxels"))}) {
      text += text_cell + "\t";
    }
    text += cell(joined(warnings_of(row))) + "\n";
  }
  return text;
}

nlohmann::ordered_json json_of(const BatchSummary& summary) {
  nlohmann::ordered_json whole = program_record("batch");
  for (const char* status : {"done", "failed", "missing", "skipped"}) whole["counts"][status] = summary.count(status);
  whole["cases"] = nlohmann::ordered_json::array();
  for (const SummaryRow& row : summary.rows) {
    nlohmann::ordered_json one = {
        {"case", row.name}, {"label", row.label}, {"status", row.status}, {"outlier", row.odd}};
    if (row.status == "done") one["output"] = row.output;
    if (!row.reason.empty()) one["reason"] = row.reason;
    if (row.status == "failed") one["exit_code"] = row.exit_code;
    if (row.facts.is_object()) one.update(row.facts);
    whole["cases"].push_back(one);
  }
  return whole;
}

std::string failures_of(const BatchSummary& summary) {
  std::string text = "scan\texit_code\treason\n";
  for (const SummaryRow& row : summary.rows) {
    if (row.status == "failed")
      text += cell(row.name) + "\t" + std::to_string(row.exit_code) + "\t" + cell(row.reason) + "\n";
  }
  return text;
}

}  // namespace

std::optional<double> SummaryRow::figure(const char* key) const {
  if (!facts.is_object() || !facts.contains(key) || !facts[key].is_number()) return {};
  return facts[key].get<double>();
}

std::size_t BatchSummary::count(const std::string& status) const {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [&](const SummaryRow& row) { return row.status == status; }));
}

BatchSummary summarise(const BatchInput& input, const CaseStore& store) {
  BatchSummary summary;
  for (const BatchCase& one : input.cases) summary.rows.push_back(row_of(one, store));
  for (const BrokenInput& broken : input.broken) {
    SummaryRow row;
    row.name = row.label = broken.name;
    row.status = "failed";
    row.reason = broken.reason;
    row.exit_code = 3;
    summary.rows.push_back(row);
  }
  find_outliers(summary.rows);
  std::sort(summary.rows.begin(), summary.rows.end(), comes_before);
  return summary;
}

void write_summary(const BatchSummary& summary, const fs::path& out) {
  write_file(out / "summary.tsv", table_of(summary), Overwrite::yes);
  write_file(out / "summary.json", json_text(json_of(summary)), Overwrite::yes);
  if (summary.count("failed") > 0) {
    write_file(out / "failures.tsv", failures_of(summary), Overwrite::yes);
  } else {
    std::error_code ignored;
    fs::remove(out / "failures.tsv", ignored);
  }
}

void tell_outliers(const BatchSummary& summary) {
  std::size_t with_notices = 0;
  for (const SummaryRow& row : summary.rows) {
    if (!row.odd.empty()) std::cout << "outlier: " << row.label << ": " << joined(row.odd) << '\n';
    with_notices += notices_of(row) > 0 ? 1 : 0;
  }
  if (with_notices > 0) std::cout << with_notices << " scans have notices, which summary.tsv lists\n";
}

}  // namespace voxprior
