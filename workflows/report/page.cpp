#include "workflows/report/page.h"

#include <sstream>

#include "base/error.h"
#include "base/version.h"
#include "workflows/report/assets.h"
#include "workflows/report/html.h"
#include "workflows/report/pictures.h"
#include "workflows/report/viewer_volumes.h"

namespace voxprior {
namespace {

constexpr std::size_t kReserveBytes = 20'000;  // markup around the parts

std::string policy(const std::vector<std::string_view>& scripts) {
  std::string allowed;
  for (const std::string_view script : scripts) allowed += " " + csp_hash(script);
  return "default-src 'none'; style-src " + csp_hash(report_style()) +
         "; img-src data: blob:" + (scripts.empty() ? "" : "; script-src" + allowed) +
         "; base-uri 'none'; form-action 'none'";
}

std::string figure_list(const std::vector<KeyFigure>& figures) {
  std::ostringstream html;
  html << "<dl class=\"figures\">\n";
  for (const KeyFigure& figure : figures) {
    html << "<div><dt>" << escaped(figure.label) << "</dt><dd>" << escaped(figure.value);
    if (!figure.note.empty()) html << "<small>" << escaped(figure.note) << "</small>";
    html << "</dd></div>\n";
  }
  html << "</dl>\n";
  return html.str();
}

std::string provenance_section(const ReportContent& content) {
  if (content.record.is_null()) return "";
  std::ostringstream html;
  html << "<section>\n<h2>How it was made</h2>\n<table><tbody>\n";
  for (const auto& [what, value] : content.origins)
    html << "<tr><th scope=\"row\">" << escaped(what) << "</th><td>" << escaped(value) << "</td></tr>\n";
  html << "</tbody></table>\n<details><summary>The whole record</summary>\n<pre>" << escaped(content.record.dump(2))
       << "</pre></details>\n</section>\n";
  return html.str();
}

std::string viewer_section(const ViewerVolumes& volumes) {
  std::ostringstream html;
  html << "<section id=\"viewer\" data-state=\"off\" aria-label=\"Viewer\">\n<h2>Viewer</h2>\n"
       << "<p class=\"quiet\" id=\"viewer-status\" role=\"status\">The viewer needs JavaScript.</p>\n"
       << "<div class=\"controls\" hidden>\n";
  for (const char* slices : {"planes", "axial", "coronal", "sagittal"})
    html << "<button type=\"button\" data-slices=\"" << slices << "\">"
         << (std::string(slices) == "planes" ? "Three planes"
                                             : std::string(1, static_cast<char>(slices[0] - 32)) + (slices + 1))
         << "</button>\n";
  html << "<button type=\"button\" id=\"blink\" aria-pressed=\"false\">Before &#8646; after</button>\n"
       << "<label>White at <input type=\"range\" id=\"brightness\" min=\"20\" max=\"150\" value=\"100\"></label>\n"
       << "<label><input type=\"checkbox\" id=\"smooth\"> Interpolate</label>\n</div>\n"
       << "<div class=\"panels\"></div>\n<p class=\"quiet\">In the viewer: " << escaped(volumes.made) << ".</p>\n"
       << "<script type=\"application/json\" id=\"volumes\">" << json_in_script(volumes.json.dump()) << "</script>\n"
       << "</section>\n";
  return html.str();
}

std::string licence_notice() {
  return "<details><summary>Licences of the viewer</summary><pre>" + escaped(niivue().licences) + "</pre></details>\n";
}

/// A script in HTML ends at the first "</script", whatever JavaScript makes of it.
void check_inline(std::string_view script) {
  if (script.find("</script") != script.npos || script.find("<!--") != script.npos)
    fail(ExitCode::bug, "a script holds what ends it in HTML");
}

}  // namespace

std::string warning_list(const std::vector<std::string>& warnings) {
  if (warnings.empty()) return "";
  std::string html = "<ul class=\"warnings\" aria-label=\"Warnings\">\n";
  for (const std::string& warning : warnings) html += "<li>" + escaped(warning) + "</li>\n";
  return html + "</ul>\n";
}

std::string page_around(const std::string& title, const std::string& body,
                        const std::vector<std::string_view>& scripts) {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
      policy(scripts) +
      "\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>" +
      escaped(title) + "</title>\n<style>";
  html += report_style();
  html += "</style>\n</head>\n<body>\n" + body + "<footer><p>voxprior " + version() +
          ". Research use only: not a medical device, not for diagnosis.</p></footer>\n";
  for (const std::string_view script : scripts) {
    check_inline(script);
    html.append("<script>").append(script).append("</script>\n");
  }
  return html + "</body>\n</html>\n";
}

std::string report_page(const ReportContent& content, PageViewer viewer) {
  std::vector<std::string> warnings = content.warnings;
  const bool viewer_missing = viewer != PageViewer::none && niivue().script.empty();
  if (viewer_missing)
    warnings.emplace_back("This voxprior was built without NiiVue, so this page has pictures but no viewer.");

  std::string body = "<header>\n<h1>" + escaped(content.title) + "</h1>\n</header>\n<main>\n" + warning_list(warnings) +
                     figure_list(content.figures) + "<section>\n<h2>Three planes</h2>\n" +
                     picture_columns(content.volumes) + "</section>\n";
  const std::string provenance = provenance_section(content);
  if (viewer == PageViewer::none || viewer_missing)
    return page_around(content.title, body + provenance + "</main>\n", {});

  const std::vector<std::string_view> scripts{niivue().script, viewer_script()};
  const std::size_t others = body.size() + provenance.size() + report_style().size() + scripts[0].size() +
                             scripts[1].size() + 2 * niivue().licences.size() + kReserveBytes;
  if (viewer == PageViewer::small && others >= kPageBytes) fail(ExitCode::bug, "the pictures alone fill the page");
  const ViewerVolumes volumes =
      viewer == PageViewer::full ? full_copies(content.volumes) : small_copies(content.volumes, kPageBytes - others);
  return page_around(content.title, body + viewer_section(volumes) + provenance + licence_notice() + "</main>\n",
                     scripts);
}

}  // namespace voxprior
