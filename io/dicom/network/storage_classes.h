#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace voxprior {

/// The SOP classes that volumes are read from: MR, CT, and their enhanced and legacy converted forms.
const std::vector<std::string>& volume_storage_classes();
bool is_volume_storage_class(std::string_view uid);

/// Every transfer syntax whose pixels are read, in the order in which a receiver prefers them: uncompressed first.
const std::vector<std::string>& readable_transfer_syntaxes();

/// Those that hold the same uncompressed values, so that DCMTK turns one into another while it sends.
inline constexpr std::array<const char*, 3> kInterchangeableSyntaxes{"1.2.840.10008.1.2.1", "1.2.840.10008.1.2",
                                                                     "1.2.840.10008.1.2.2"};
bool is_interchangeable_syntax(std::string_view uid);

}  // namespace voxprior
