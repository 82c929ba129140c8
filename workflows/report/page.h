#pragma once

#include <string>

#include "workflows/report/content.h"

namespace voxprior {

enum class PageViewer {
  none,   ///< pictures only
  small,  ///< copies that keep the page below kPageBytes
  full    ///< the volumes as they are
};

constexpr std::size_t kPageBytes = 8'000'000;

/// One HTML file that needs no other and asks nothing of any: style, script, pictures and volumes are inside, and its
/// Content-Security-Policy names them by their hashes and forbids all else.
std::string report_page(const ReportContent& content, PageViewer viewer);

/// The frame of every page: head with the policy, style, footer. `body` is HTML; `scripts` are the texts of its
/// scripts, which come last, in order.
std::string page_around(const std::string& title, const std::string& body,
                        const std::vector<std::string_view>& scripts);

/// <ul class="warnings">, or nothing where there are none.
std::string warning_list(const std::vector<std::string>& warnings);

}  // namespace voxprior
