#pragma once

#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "io/dicom/write/derived_series.h"

namespace voxprior {

/// How a denoised DICOM series is to say what it is: the model and every parameter that the result depends on, taken
/// from Denoised::record, and the time as creation_time() gives it.
DerivedSeriesOptions derived_series_options(const nlohmann::ordered_json& record, bool keep_private,
                                            Overwrite overwrite);

}  // namespace voxprior
