#pragma once

#include <string>
#include <vector>

#include "io/dicom/network/call_options.h"
#include "io/dicom/network/endpoint.h"
#include "io/dicom/network/send_instances.h"

namespace voxprior {

/// Asks an archive to confirm that it keeps these instances (N-ACTION of the Storage Commitment Push Model, PS3.4 J).
/// The answer comes later, over an association that the archive opens to us: AssociationHandler::committed. Returns
/// false when the archive does not offer this. Throws Error(options.failure) when it cannot be asked or says no.
bool request_commitment(const DicomEndpoint& peer, const CallOptions& options,
                        const std::vector<InstanceFile>& instances, const std::string& transaction_uid);

}  // namespace voxprior
