#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <optional>
#include <string>

#include "io/dicom/write/edit_attributes.h"

// Includes DCMTK: for .cpp files of io/dicom alone.

namespace voxprior {

/// The value of a text attribute, all its values with the backslashes between them; nothing for any other VR.
std::optional<std::string> text_value(DcmElement& element);

/// The VR that counts: the element's own, or the dictionary's where the file says UN.
DcmEVR effective_vr(const DcmElement& element);

/// Replaces an attribute by one of no length; a sequence by one without items.
void set_empty(DcmItem& item, const DcmTagKey& tag);

/// Replaces an attribute that is no sequence by a dummy of its VR that says nothing: fixed text, or two bytes of zero
/// for a block of bytes. Other binary values, which the profile never gives a dummy to, are removed.
void set_dummy(DcmItem& item, const DcmTagKey& tag);

/// Gives text that the file marks as VR UN the VR of the dictionary, at all levels: some programs write attributes so
/// that they do not know or do not trust, SOPClassUID among them.
void restore_text_vrs(DcmItem& item);

void remove_attribute(DcmItem& item, const DcmTagKey& tag);

}  // namespace voxprior
