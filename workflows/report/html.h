#pragma once

#include <string>
#include <string_view>

namespace voxprior {

/// Text as HTML shows it, in elements and in quoted attributes: & < > " ' become references. Everything that comes from
/// a file or its name goes through this.
std::string escaped(std::string_view text);

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);

/// "data:TYPE;base64,...".
std::string data_uri(std::string_view type, std::string_view bytes);

/// JSON inside a <script> element that is data: without "<", which could end it.
std::string json_in_script(std::string json);

/// What a Content-Security-Policy calls an inline script or style with exactly this text: 'sha256-...'. All others are
/// then not run.
std::string csp_hash(std::string_view text);

}  // namespace voxprior
