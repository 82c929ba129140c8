#pragma once

#include <string>
#include <string_view>

namespace voxprior {

/// A DICOM unique identifier made of the hash of `name`: "2.25." and the decimal value of a version 8 UUID that holds
/// the first 122 bits of SHA-256 (RFC 9562, PS3.5 B.2). The same name always gives the same UID, so that a run repeated
/// makes the same instances; at most 44 characters.
std::string uid_from_name(std::string_view name);

}  // namespace voxprior
