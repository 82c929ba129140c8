#include "io/dicom/network/endpoint.h"

#include <algorithm>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr std::size_t kMostTitleCharacters = 16, kMostLoggedCharacters = 64;

int parse_port(const std::string& what, const std::string& text) {
  const bool digits = !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string::npos;
  const int port = digits ? std::stoi(text) : 0;
  if (port < 1 || port > 65535)
    fail(ExitCode::usage, what, ": '", text, "' is no port; it must be between 1 and 65535");
  return port;
}

}  // namespace

std::string objection_to_ae_title(const std::string& title) {
  if (title.empty() || title.size() > kMostTitleCharacters) return "must have 1 to 16 characters";
  if (std::any_of(title.begin(), title.end(), [](char c) { return c < ' ' || c > '~' || c == '\\'; }))
    return "must be printable ASCII without a backslash";
  if (title.front() == ' ' || title.back() == ' ') return "must not begin or end with a blank";
  return "";
}

void check_ae_title(const std::string& what, const std::string& title) {
  const std::string objection = objection_to_ae_title(title);
  if (!objection.empty()) fail(ExitCode::usage, what, ": the AE title '", title, "' ", objection);
}

DicomEndpoint parse_endpoint(const std::string& what, const std::string& text) {
  const std::size_t at = text.find('@'), colon = text.rfind(':');
  if (at == std::string::npos || colon == std::string::npos || colon < at + 2)
    fail(ExitCode::usage, what, ": '", text, "' is not of the form AE@HOST:PORT, as in ORTHANC@127.0.0.1:4242");
  DicomEndpoint endpoint{text.substr(0, at), text.substr(at + 1, colon - at - 1), 0};
  check_ae_title(what, endpoint.ae_title);
  endpoint.port = parse_port(what, text.substr(colon + 1));
  return endpoint;
}

std::string in_words(const DicomEndpoint& endpoint) {
  return endpoint.ae_title + "@" + endpoint.host + ":" + std::to_string(endpoint.port);
}

std::string printable_name(const std::string& text) {
  std::string name = text.substr(0, kMostLoggedCharacters);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c < '!' || c > '~' || c == '"' || c == '\\'; }, '?');
  return name;
}

}  // namespace voxprior
