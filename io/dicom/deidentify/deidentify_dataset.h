#pragma once

#include "io/dicom/deidentify/options.h"
#include "io/dicom/deidentify/pseudonyms.h"

class DcmDataset;

namespace voxprior {

/// Applies the Basic Application Level Confidentiality Profile (PS3.15 E.2 and table E.1-1, edition 2024b) with the
/// options to every attribute of the data set and of the items in its sequences, and records that it did
/// (PatientIdentityRemoved, DeidentificationMethod and its codes, LongitudinalTemporalInformationModified).
///
/// Beyond the table, on the safe side: attributes that DCMTK's dictionary does not know, dates, times and person names
/// that the table does not list, and values of VR UN that the dictionary does not
/// call text or a number are removed; UIDs that it does not list are replaced unless they
/// are the standard's own or name a coding scheme; the patient's name and ids are taken out of the text that stays.
/// PatientName and PatientID become a pseudonym. Pixel data is not looked at.
void deidentify_dataset(DcmDataset& dataset, const DeidentifyOptions& options, const Pseudonyms& pseudonyms);

}  // namespace voxprior
