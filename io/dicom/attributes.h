#pragma once
// Includes DCMTK: for .cpp files of io/dicom only.

#include <dcmtk/dcmdata/dcitem.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace voxprior {

/// All values of a text attribute, joined by backslashes, blanks at the ends removed and characters that are not
/// printable ASCII replaced; empty when it is missing. For attributes with codes, not for names of people.
std::string text_of(DcmItem& item, const DcmTagKey& tag);

/// One value of a number, whatever its VR (DS, IS, FD, FL, US, UL, ...); nothing when missing or not finite.
std::optional<double> number_of(DcmItem& item, const DcmTagKey& tag, unsigned long index = 0);

/// The same for a whole number.
std::optional<std::int64_t> integer_of(DcmItem& item, const DcmTagKey& tag);

/// Exactly the first N numbers; nothing when one of them is missing.
template <std::size_t N>
std::optional<std::array<double, N>> numbers_of(DcmItem& item, const DcmTagKey& tag) {
  std::array<double, N> numbers{};
  for (std::size_t n = 0; n < N; ++n) {
    const std::optional<double> number = number_of(item, tag, static_cast<unsigned long>(n));
    if (!number) return std::nullopt;
    numbers[n] = *number;
  }
  return numbers;
}

/// The first item of a sequence; null when there is none.
DcmItem* first_item(DcmItem& item, const DcmTagKey& sequence);

}  // namespace voxprior
