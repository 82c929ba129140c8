#include "workflows/report/batch_report.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/error.h"
#include "workflows/files.h"
#include "workflows/planes.h"
#include "workflows/report/html.h"
#include "workflows/report/page.h"
#include "workflows/report/record.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr int kThumbnailSide = 112;  // pixels

/// 128 colours of each, so that a pixel of a thumbnail takes one byte: an index may list hundreds.
Palette halves_of(Colours first, Colours second) {
  const Palette a = palette_of(first), b = palette_of(second);
  Palette both{};
  for (std::size_t i = 0; i < 128; ++i) {
    std::copy_n(&a[6 * i], 3, &both[3 * i]);
    std::copy_n(&b[6 * i], 3, &both[3 * (i + 128)]);
  }
  return both;
}

fs::path inside(const fs::path& path, const fs::path& summary) {
  const fs::path plain = path.lexically_normal();
  if (plain.is_absolute() || (!plain.empty() && *plain.begin() == ".."))
    fail(ExitCode::input, summary, ": names ", path, ", which is not in its folder");
  return plain;
}

BatchRow row_of(const nlohmann::ordered_json& entry, const fs::path& summary) {
  const Record one(entry);
  BatchRow row;
  row.name = inside(one.text("/case").value_or(""), summary).string();
  row.label = one.text("/label").value_or(row.name);
  row.status = one.text("/status").value_or("missing");
  row.reason = one.text("/reason").value_or("");
  row.output = inside(one.text("/output").value_or(""), summary);
  row.outlier = one.texts("/outlier");
  row.notices = one.texts("/notices");
  row.facts = entry;
  return row;
}

std::string figure_cell(const Record& one, const char* pointer, const char* format) {
  const auto value = one.number(pointer);
  if (!value) return "<td class=\"number\">\u2013</td>";
  char text[48];
  std::snprintf(text, sizeof text, format, *value);
  return "<td class=\"number\">" + std::string(text) + "</td>";
}

std::string remarks_of(const BatchRow& row, const BatchPage& page) {
  std::vector<std::string> remarks = row.outlier;
  if (!row.reason.empty()) remarks.push_back(row.reason);
  if (!page.trouble.empty()) remarks.push_back("no page: " + page.trouble);
  remarks.insert(remarks.end(), row.notices.begin(), row.notices.end());
  std::string html;
  for (const std::string& remark : remarks) html += "<div>" + escaped(remark) + "</div>";
  return html;
}

std::string table_row(const BatchRow& row, const BatchPage& page) {
  const std::string status = row.status == "done" && !row.outlier.empty() ? "outlier" : row.status;
  std::string html = "<tr><td>";
  if (!page.thumbnail.empty())
    html += "<a href=\"" + escaped(page.page) + "\"><img alt=\"before, after and their difference\" src=\"" +
            page.thumbnail + "\"></a>";
  html += "</td><th scope=\"row\">";
  html +=
      page.page.empty() ? escaped(row.label) : "<a href=\"" + escaped(page.page) + "\">" + escaped(row.label) + "</a>";
  const Record one(row.facts);
  return html + "<div class=\"status " + (status == "done" ? "good" : "bad") + "\">" + escaped(status) + "</div></th>" +
         figure_cell(one, "/noise/sigma", "%.4g") + figure_cell(one, "/residual_structure", "%.3f") +
         figure_cell(one, "/seconds", "%.1f s") + "<td>" + remarks_of(row, page) + "</td></tr>\n";
}

std::size_t count_of(const std::vector<BatchRow>& rows, const std::string& status) {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(), [&](const BatchRow& row) { return row.status == status; }));
}

std::string counts_of(const std::vector<BatchRow>& rows) {
  std::string html = "<dl class=\"figures\">\n";
  for (const char* status : {"done", "failed", "missing", "skipped"})
    html += std::string("<div><dt>") + status + "</dt><dd>" + std::to_string(count_of(rows, status)) + "</dd></div>\n";
  const auto odd = std::count_if(rows.begin(), rows.end(), [](const BatchRow& row) { return !row.outlier.empty(); });
  return html + "<div><dt>outliers</dt><dd>" + std::to_string(odd) + "</dd></div>\n</dl>\n";
}

}  // namespace

std::vector<BatchRow> read_batch_summary(const fs::path& out) {
  const fs::path file = out / "summary.json";
  check_readable(file);
  std::ifstream stream(file, std::ios::binary);
  const nlohmann::ordered_json summary = nlohmann::ordered_json::parse(stream, nullptr, false);
  if (!summary.is_object() || !summary.contains("cases") || !summary["cases"].is_array())
    fail(ExitCode::input, file, ": is not the summary of a batch; run voxprior batch with the level group");
  std::vector<BatchRow> rows;
  for (const auto& entry : summary["cases"]) rows.push_back(row_of(entry, file));
  return rows;
}

std::string page_name(std::size_t number, const BatchRow& row) {
  std::string name = without_volume_ending(fs::path(row.output).filename()).string();
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_' && c != '.') c = '-';
  char digits[16];
  std::snprintf(digits, sizeof digits, "%03zu", number);
  return std::string(digits) + "-" + name + ".html";
}

std::string thumbnail_of(const ReportContent& content) {
  const AnatomicalView view(content.volumes.at(1).volume.geometry);
  const AnatomicalPoint centre = view.centre(content.volumes[1].volume.voxels);
  const Plane& axial = kPlanes[0];
  const PlaneScale scale = plane_scale(view, kThumbnailSide);
  const int width = scale.pixels(view.extent_mm(axial.right)), height = scale.pixels(view.extent_mm(axial.down));

  GreyImage strip{3 * width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(3) * width * height)};
  for (int n = 0; n < 3; ++n) {
    const ShownVolume& shown = content.volumes.at(static_cast<std::size_t>(n));
    const int first = shown.colours == Colours::grey ? 0 : 128;
    draw_plane(strip, n * width, 0, view, axial, centre, scale, [&](std::size_t i) {
      return static_cast<std::uint8_t>(first + grey_level(shown.volume.voxels[i], shown.low, shown.high) / 2);
    });
  }
  return data_uri("image/png",
                  png_bytes(strip.width, height, halves_of(Colours::grey, Colours::diverging), strip.pixels.data()));
}

std::string batch_index(const std::string& title, const std::vector<BatchRow>& rows,
                        const std::vector<BatchPage>& pages) {
  std::ostringstream body;
  body << "<header>\n<h1>" << escaped(title) << "</h1>\n</header>\n<main>\n"
       << counts_of(rows)
       << "<section>\n<h2>Scans, those to look at first</h2>\n<table class=\"batch\">\n<thead><tr><th>before, after, "
          "difference</th>"
          "<th>scan</th><th class=\"number\">sigma</th><th class=\"number\">residual structure</th>"
          "<th class=\"number\">time</th><th>remarks</th></tr></thead>\n<tbody>\n";
  for (std::size_t n = 0; n < rows.size(); ++n) body << table_row(rows[n], pages.at(n));
  body << "</tbody>\n</table>\n</section>\n</main>\n";
  return page_around(title, body.str(), {});
}

}  // namespace voxprior
