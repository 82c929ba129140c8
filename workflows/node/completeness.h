#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "workflows/node/config.h"
#include "workflows/node/queued_series.h"

namespace voxprior {

/// What the geometry of received images says of their being all.
enum class VolumeCheck { unknown, whole, gaps, no_volume };

/// Looks at the headers of a folder's files; for a process of its own, because nobody vouches for them.
VolumeCheck check_volumes(const std::filesystem::path& folder);

/// How a series stands that is being received and of which no association is open.
struct Reception {
  std::int64_t images = 0;
  double last_image_s = 0;  ///< since 1970
  VolumeCheck volumes = VolumeCheck::unknown;
  bool power_failed = false;  ///< while it was received, and images that were acknowledged are missing
};

/// What to do with it now.
enum class Next { wait, check_volumes, process, quarantine };

/// A series is complete when its last sender released the association, no image came for settle_s, and the number of
/// images that was announced is here or, where none was, the images make volumes without gaps. What was cut off is
/// complete only once it was sent again. `why` says why it is not complete.
Next next_step(const QueuedSeries& series, const Reception& reception, const NodeConfig& config, double now_s,
               std::string& why);

}  // namespace voxprior
