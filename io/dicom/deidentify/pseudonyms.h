#pragma once

#include <string>
#include <string_view>

#include "io/dicom/deidentify/keyed_hash.h"

namespace voxprior {

/// What stands in for the original identifiers. Every answer is a function of the key and the original alone: the same
/// in every file, whatever the order, and in every run with the same key. Without the key no original can be guessed
/// and checked. All originals are taken without the spaces that pad them.
class Pseudonyms {
 public:
  explicit Pseudonyms(const SecretKey& key) : key_(key) {}

  std::string uid(std::string_view original) const;  ///< under 2.25, at most 44 characters

  std::string patient_id(std::string_view patient) const;    ///< "ANON-" and 16 hexadecimal digits
  std::string patient_name(std::string_view patient) const;  ///< "ANON^" and the same digits

  /// Days by which to move all dates of a patient: 30 to 3,679 into the past.
  int date_shift_days(std::string_view patient) const;

  /// 16 hexadecimal digits to name a file or folder by.
  std::string file_name(std::string_view original) const;

 private:
  std::string hash(std::string_view purpose, std::string_view original) const;
  SecretKey key_;
};

}  // namespace voxprior
