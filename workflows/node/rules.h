#pragma once

#include <string>

#include "io/dicom/network/received_instance.h"
#include "workflows/node/config.h"

namespace voxprior {

/// Whether `text` fits a pattern of a shell (* and ?), without regard to case.
bool fits_pattern(const std::string& text, const std::string& pattern);

/// The first rule that an image of this sender fits; null if none does.
const NodeRule* rule_for(const NodeConfig& config, const Caller& caller, const ReceivedInstance& received);

}  // namespace voxprior
