#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/dicom/series.h"

namespace voxprior {

/// What makes a derived series the one it is: its source, how it was made, and the result itself. Equal runs give equal
/// UIDs, so that a repeated run sends the instances an archive already has; results that differ in one voxel never
/// share a UID.
class SeriesIdentity {
 public:
  /// `process` names the program's version, model and parameters in any fixed form.
  SeriesIdentity(const DicomSeries& source, const DicomStack& stack, const std::string& process,
                 const std::vector<float>& result);

  std::string series_uid() const;
  std::string instance_uid(const std::string& source_sop_instance_uid) const;

 private:
  std::string name_;
};

/// SeriesNumber of the series made of stack number `stack` of series `source_number`: source * 100 + 1 + stack, or
/// 1 + stack where the source has no number or one too large for that.
std::int64_t derived_series_number(std::int64_t source_number, std::size_t stack);

/// "<source> <process> - RESEARCH USE ONLY" in at most 64 characters: a source description in ASCII is shortened, one
/// in another character set is left out when it does not fit.
std::string derived_description(const std::string& source, const std::string& process);

}  // namespace voxprior
