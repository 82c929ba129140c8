#include "workflows/contact_sheet.h"

#include <algorithm>

#include "workflows/model_grid.h"

namespace voxprior {
namespace {

constexpr int kGap = 6;  // pixels between pictures

}  // namespace

GreyImage contact_sheet(const std::vector<GreyImage>& pictures, int columns) {
  GreyImage sheet;
  if (pictures.empty()) return sheet;
  const int width = pictures[0].width, height = pictures[0].height;
  const int across = std::min<int>(columns, static_cast<int>(pictures.size()));
  const int down = (static_cast<int>(pictures.size()) + across - 1) / across;
  sheet.width = across * (width + kGap) - kGap;
  sheet.height = down * (height + kGap) - kGap;
  sheet.pixels.assign(static_cast<size_t>(sheet.width) * sheet.height, 0);
  for (size_t n = 0; n < pictures.size(); ++n) {
    const size_t left = n % across * (width + kGap), top = n / across * (height + kGap);
    for (int y = 0; y < height; ++y)
      std::copy_n(&pictures[n].pixels[static_cast<size_t>(y) * width], width,
                  &sheet.pixels[(top + y) * sheet.width + left]);
  }
  return sheet;
}

GreyImage halved_picture(const GreyImage& picture) {
  GreyImage half{picture.width / 2, picture.height / 2, {}};
  half.pixels.resize(static_cast<size_t>(half.width) * half.height);
  for (int y = 0; y < half.height; ++y) {
    for (int x = 0; x < half.width; ++x) {
      const std::uint8_t* corner = &picture.pixels[static_cast<size_t>(2 * y) * picture.width + 2 * x];
      const int sum = corner[0] + corner[1] + corner[picture.width] + corner[picture.width + 1];
      half.pixels[static_cast<size_t>(y) * half.width + x] = static_cast<std::uint8_t>((sum + 2) / 4);
    }
  }
  return half;
}

GreyImage sheet_picture(const Volume& volume) {
  const bool ct = volume.modality == Modality::ct;
  return halved_picture(draw_planes(volume, ct ? -160 : 0, ct ? 240 : kSyntheticScale));
}

}  // namespace voxprior
