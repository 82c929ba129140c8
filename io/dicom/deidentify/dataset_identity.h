#pragma once

#include <string>

#include "io/dicom/deidentify/identifying_words.h"

class DcmItem;

namespace voxprior {

/// What a data set says of who it is about.
struct DatasetIdentity {
  std::string patient;  ///< what tells patients apart: PatientID, or PatientName or StudyInstanceUID if it has none
  IdentifyingWords patient_words;  ///< of the patient's names and ids
  IdentifyingWords all_words;      ///< of these, of all other persons, and of ids and institutions
};

/// Collects it from all levels of the data set, before anything is changed.
DatasetIdentity identity_of(DcmItem& dataset);

}  // namespace voxprior
