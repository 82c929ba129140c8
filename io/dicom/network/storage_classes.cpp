#include "io/dicom/network/storage_classes.h"

#include <algorithm>

namespace voxprior {

const std::vector<std::string>& volume_storage_classes() {
  static const std::vector<std::string> classes{
      "1.2.840.10008.5.1.4.1.1.4",     // MR Image Storage
      "1.2.840.10008.5.1.4.1.1.2",     // CT Image Storage
      "1.2.840.10008.5.1.4.1.1.4.1",   // Enhanced MR Image Storage
      "1.2.840.10008.5.1.4.1.1.2.1",   // Enhanced CT Image Storage
      "1.2.840.10008.5.1.4.1.1.4.4",   // Legacy Converted Enhanced MR Image Storage
      "1.2.840.10008.5.1.4.1.1.2.2"};  // Legacy Converted Enhanced CT Image Storage
  return classes;
}

bool is_volume_storage_class(std::string_view uid) {
  const auto& classes = volume_storage_classes();
  return std::find(classes.begin(), classes.end(), uid) != classes.end();
}

const std::vector<std::string>& readable_transfer_syntaxes() {
  static const std::vector<std::string> syntaxes{
      "1.2.840.10008.1.2.1",    "1.2.840.10008.1.2",      "1.2.840.10008.1.2.2",    "1.2.840.10008.1.2.1.99",
      "1.2.840.10008.1.2.5",    "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.80",
      "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.50",
      "1.2.840.10008.1.2.4.51"};
  return syntaxes;
}

bool is_interchangeable_syntax(std::string_view uid) {
  return std::find(kInterchangeableSyntaxes.begin(), kInterchangeableSyntaxes.end(), uid) !=
         kInterchangeableSyntaxes.end();
}

}  // namespace voxprior
