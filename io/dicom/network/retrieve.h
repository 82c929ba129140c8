#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/dicom/network/call_options.h"
#include "io/dicom/network/endpoint.h"
#include "io/dicom/network/listener.h"
#include "io/dicom/network/query.h"

namespace voxprior {

/// What came of a request to send us a series.
struct Retrieved {
  std::vector<std::filesystem::path> files;  ///< complete files in the folder given, named by numbers
  int failed = 0;                            ///< instances that the archive says it could not send
};

/// Fetches a series over the association on which it is asked for (C-GET). Files are written as they come, into
/// `folder`, which exists. Throws Error(options.failure) when the archive does not do it.
Retrieved get_series(const DicomEndpoint& peer, const CallOptions& options, const RemoteSeries& series,
                     const std::filesystem::path& folder);

/// Has the archive send a series (C-MOVE) to `listener`, which it must know as options.calling_title; it may call from
/// any host. The process must have one thread. Throws Error(options.failure) when the archive does not do it.
Retrieved move_series(const DicomEndpoint& peer, const CallOptions& options, const RemoteSeries& series,
                      const std::filesystem::path& folder, Listener& listener);

}  // namespace voxprior
