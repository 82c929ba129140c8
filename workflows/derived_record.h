#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "io/dicom/write/derived_series.h"

namespace voxprior {

/// How a series that was denoised or made thin is to say what it is: the model and every parameter that the result
/// depends on, taken from Denoised::record or from "slices" and "reconstruction" of a record of thin slices, and the
/// time as creation_time() gives it.
DerivedSeriesOptions derived_series_options(const nlohmann::ordered_json& record, bool keep_private,
                                            Overwrite overwrite);

/// The model that such a record names: "name", "sha256", ...; null for none.
nlohmann::ordered_json model_in(const nlohmann::ordered_json& record);

/// Writes the result that `options` are of: with the slices of its source, or with others.
DerivedSeriesReport write_result_series(const std::filesystem::path& out_folder, const DicomSeries& source,
                                        std::size_t stack, const Volume& result, const DerivedSeriesOptions& options);

}  // namespace voxprior
