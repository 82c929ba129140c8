#pragma once
// Includes DCMTK: for .cpp files of io/dicom only.

#include <dcmtk/dcmdata/dcitem.h>

#include <string>

#include "io/dicom/frame_header.h"

namespace voxprior {

// Each reads from the item that holds its attributes: the data set of a classic file, a functional group of an Enhanced
// one. Each sets frame.problem, if there is none yet, when what it needs is missing or makes no sense. A null item is a
// functional group that is missing.

void read_size(DcmItem& dataset, FrameHeader& frame);      ///< Rows, Columns
void read_spacing(DcmItem* item, FrameHeader& frame);      ///< PixelSpacing
void read_position(DcmItem* item, FrameHeader& frame);     ///< ImagePositionPatient
void read_orientation(DcmItem* item, FrameHeader& frame);  ///< ImageOrientationPatient
void read_rescale(DcmItem* item, FrameHeader& frame);      ///< RescaleSlope, RescaleIntercept; 1 and 0 if absent

/// Keeps the value of an attribute as a trait, if it has one.
void read_trait(DcmItem& item, const DcmTagKey& tag, const char* name, FrameHeader& frame);

/// ImageType or FrameType: value 3 separates volumes. What follows separates MR images always and CT images where
/// needed: CT scanners note the reconstruction there. Refuses localisers and Siemens mosaics by name.
void read_image_type(const std::string& image_type, const std::string& modality, FrameHeader& frame);

}  // namespace voxprior
