#include "workflows/set_preview.h"

#include <algorithm>

#include "io/png.h"
#include "workflows/contact_sheet.h"
#include "workflows/preview.h"

namespace voxprior {
namespace {

constexpr std::size_t kMostRows = 8;

/// Of a volume in normalised intensity: soft tissue for CT, zero to the 99.5th percentile for MR.
GreyImage picture_of(const Volume& volume) {
  const bool ct = volume.modality == Modality::ct;
  return halved_picture(draw_planes(volume, ct ? 0.84 : 0, ct ? 1.24 : 1));
}

}  // namespace

void write_set_preview(const std::filesystem::path& path, const std::vector<std::filesystem::path>& real,
                       const std::vector<std::filesystem::path>& synthetic, ComparableVolumes& reader,
                       Overwrite overwrite) {
  std::vector<GreyImage> pictures;
  for (std::size_t row = 0; row < std::min({kMostRows, real.size(), synthetic.size()}); ++row) {
    pictures.push_back(picture_of(reader.read(real[row])));
    pictures.push_back(picture_of(reader.read(synthetic[row])));
  }
  const GreyImage sheet = contact_sheet(pictures, 2);
  write_png(path, sheet.width, sheet.height, 1, sheet.pixels.data(), overwrite);
}

}  // namespace voxprior
