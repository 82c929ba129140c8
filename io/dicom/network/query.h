#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/dicom/network/call_options.h"
#include "io/dicom/network/endpoint.h"

namespace voxprior {

/// A series that an archive says it has.
struct RemoteSeries {
  std::string study_uid, series_uid, modality, description;
  std::int64_t number = 0;
  std::int64_t instances = -1;  ///< NumberOfSeriesRelatedInstances; -1: the archive does not say
};

/// Which series are meant: attributes by keyword (StudyInstanceUID, PatientID, Modality, ...) with values as C-FIND
/// takes them: * and ? stand for anything in texts, A-B is a range of dates.
using SeriesQuery = std::map<std::string, std::string>;

/// Asks an archive for series (C-FIND, Study Root, PS3.4 C.4.1): studies first, by the attributes of patients and
/// studies, then the series of each. Without any of those, series are asked for at once, which archives need not
/// allow. Throws Error(ExitCode::usage) for a keyword that DICOM does not know, Error(options.failure) when the archive
/// cannot be asked.
std::vector<RemoteSeries> query_series(const DicomEndpoint& peer, const CallOptions& options, const SeriesQuery& query);

}  // namespace voxprior
