#pragma once

#include <string>

#include "base/error.h"
#include "io/dicom/network/tls.h"

namespace voxprior {

/// How to call another application.
struct CallOptions {
  std::string calling_title = "VOXPRIOR";
  int connect_s = 10;                   ///< until the TCP connection stands
  int negotiate_s = 15;                 ///< until the association stands
  int answer_s = 60;                    ///< until a request is answered
  TlsFiles tls;                         ///< encrypted where a certificate is given
  ExitCode failure = ExitCode::output;  ///< what it means to the user when the peer cannot be reached
};

}  // namespace voxprior
