#pragma once

#include "io/dicom/deidentify/options.h"

class DcmItem;

namespace voxprior {

/// Writes down what was done (PS3.15 E.1.1, PS3.3 C.12.1 and C.7.1.1): PatientIdentityRemoved, DeidentificationMethod,
/// the codes of CID 7050 and LongitudinalTemporalInformationModified. Methods recorded by earlier de-identification
/// stay.
void record_method(DcmItem& dataset, const DeidentifyOptions& options);

}  // namespace voxprior
