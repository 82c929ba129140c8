#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/dicom/network/call_options.h"
#include "io/dicom/network/endpoint.h"

namespace voxprior {

/// A DICOM file and what must be known of it to offer it to a peer.
struct InstanceFile {
  std::filesystem::path file;
  std::string sop_class_uid, sop_instance_uid, transfer_syntax_uid;
};

/// Reads a file's header. Throws Error(ExitCode::input) for what is no DICOM instance or damaged.
InstanceFile identify_instance(const std::filesystem::path& file);

/// What the peer answered to one instance (PS3.4 B.2.3).
struct StoreOutcome {
  std::size_t index = 0;     ///< in the list given
  std::uint16_t status = 0;  ///< of the C-STORE response
  bool stored = false;       ///< success or a warning
  bool may_retry = false;    ///< the peer lacks room now (0xA7xx)
  std::string problem;       ///< why it was not stored; empty if it was
};

/// Sends instances by C-STORE over one association and calls `done` after each. Compressed files are sent as they are;
/// of uncompressed ones DCMTK changes the encoding to what the peer takes. A file that the peer refuses does not keep
/// the others from being sent. Throws Error(options.failure) when there is no association or it breaks: what `done`
/// was not called for was then not acknowledged; Error(ExitCode::input) when a file cannot be read.
void send_instances(const DicomEndpoint& peer, const CallOptions& options, const std::vector<InstanceFile>& instances,
                    const std::function<void(const StoreOutcome&)>& done);

}  // namespace voxprior
