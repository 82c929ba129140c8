#include "io/dicom/write/series_identity.h"

#include <algorithm>
#include <limits>

#include "base/sha256.h"
#include "io/dicom/uid.h"
#include "io/dicom/write/provenance_sequences.h"

namespace voxprior {
namespace {

constexpr std::size_t kLongestDescription = 64;  // LO, PS3.5 6.2

bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

SeriesIdentity::SeriesIdentity(const DicomSeries& source, const DicomStack& stack, const std::string& process,
                               const std::vector<float>& result) {
  const DicomFrame& first = stack.frames.front();
  name_ = "voxprior derived series\n" + source.series_uid + "\n" + first.sop_instance_uid + "\n" +
          std::to_string(first.frame) + "\n" + process + "\n" +
          sha256_hex(result.data(), result.size() * sizeof(float));
}

std::string SeriesIdentity::series_uid() const { return uid_from_name(name_); }

std::string SeriesIdentity::instance_uid(const std::string& source_sop_instance_uid) const {
  return uid_from_name(name_ + "\n" + source_sop_instance_uid);
}

std::int64_t derived_series_number(std::int64_t source_number, std::size_t stack) {
  constexpr std::int64_t largest = (std::numeric_limits<std::int32_t>::max() - 99) / 100;  // IS, PS3.5 6.2
  const bool usable = source_number > 0 && source_number <= largest;
  return (usable ? 100 * source_number : 0) + 1 + static_cast<std::int64_t>(stack);
}

std::string derived_description(const std::string& source, const std::string& process) {
  const std::string end = process + " - " + kResearchUseOnly;
  if (source.empty() || end.size() >= kLongestDescription) return end.substr(0, kLongestDescription);
  const std::size_t room = kLongestDescription - end.size() - 1;
  if (source.size() <= room) return source + " " + end;
  return is_ascii(source) ? source.substr(0, room) + " " + end : end;
}

}  // namespace voxprior
