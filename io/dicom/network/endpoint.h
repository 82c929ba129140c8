#pragma once

#include <string>

namespace voxprior {

/// A DICOM application that can be called (PS3.8).
struct DicomEndpoint {
  std::string ae_title;
  std::string host;
  int port = 0;
};

/// "AE@HOST:PORT" -> its parts. Throws Error(ExitCode::usage) that begins with `what`.
DicomEndpoint parse_endpoint(const std::string& what, const std::string& text);

/// "AE@HOST:PORT".
std::string in_words(const DicomEndpoint& endpoint);

/// Why a text cannot be an application entity title: 1 to 16 characters, printable ASCII, no backslash, blanks only
/// inside. Empty when it can.
std::string objection_to_ae_title(const std::string& title);

/// Throws Error(ExitCode::usage) that begins with `what` when there is one.
void check_ae_title(const std::string& what, const std::string& title);

/// What the network said, fit for a log: printable ASCII alone, at most 64 characters.
std::string printable_name(const std::string& text);

}  // namespace voxprior
