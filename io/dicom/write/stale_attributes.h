#pragma once

class DcmItem;

namespace voxprior {

/// Removes from a dataset whose pixels change what no longer holds: extreme pixel values, icons, histograms,
/// signatures, curves, overlays that sat in unused bits of the pixels, group lengths and trailing padding.
void remove_stale_attributes(DcmItem& dataset);

/// Removes from a copy of a slice, or of the functional groups of a frame, what holds of that slice alone and not of
/// another one beside it: overlays, where it was acquired, how many images there were. Position, location, thickness
/// and number are the caller's.
void remove_slice_attributes(DcmItem& item);

/// Takes out of an Enhanced MR image what PS3.3 requires of ORIGINAL and MIXED images alone: how the pulse sequence
/// went. A derived image may have it, but dciodvfy calls it an error there; the source image, which is referred to, has
/// it still.
void remove_acquisition_attributes(DcmItem& dataset);

/// Removes all private (odd-numbered) groups, in items of sequences, too.
void remove_private_attributes(DcmItem& item);

}  // namespace voxprior
