#include "workflows/copy_preview.h"

#include <algorithm>

#include "io/png.h"
#include "pipeline/metrics/aligned_correlation.h"
#include "workflows/preview.h"

namespace voxprior {
namespace {

constexpr int kGap = 16;                       // pixels between pairs
constexpr PreviewWindow kWindow{0, 1.2, 0.5};  // normalised intensity

GreyImage side_by_side(const std::vector<GreyImage>& pictures) {
  GreyImage sheet;
  for (const GreyImage& picture : pictures) {
    sheet.width += picture.width + (sheet.width > 0 ? kGap : 0);
    sheet.height = std::max(sheet.height, picture.height);
  }
  sheet.pixels.assign(static_cast<std::size_t>(sheet.width) * sheet.height, 255);
  int left = 0;
  for (const GreyImage& picture : pictures) {
    for (int y = 0; y < picture.height; ++y)
      std::copy_n(picture.pixels.begin() + static_cast<std::ptrdiff_t>(y) * picture.width, picture.width,
                  sheet.pixels.begin() + static_cast<std::ptrdiff_t>(y) * sheet.width + left);
    left += picture.width + kGap;
  }
  return sheet;
}

}  // namespace

Image moved_onto_sample(const Image& training, const CopyPair& pair, int mirror_axis) {
  Image moved{std::vector<float>(training.voxels.size()), training.size};
  for (std::int64_t k = 0; k < moved.size[2]; ++k)
    for (std::int64_t j = 0; j < moved.size[1]; ++j)
      for (std::int64_t i = 0; i < moved.size[0]; ++i) {
        const std::int64_t a = i - pair.shift[0], b = j - pair.shift[1], c = k - pair.shift[2];
        const bool inside = a >= 0 && b >= 0 && c >= 0 && a < moved.size[0] && b < moved.size[1] && c < moved.size[2];
        if (inside) moved.voxels[moved.at(i, j, k)] = training.voxels[training.at(a, b, c)];
      }
  return pair.mirrored ? mirrored(moved, mirror_axis) : moved;
}

void write_copy_preview(const std::filesystem::path& path, const std::vector<CopyPair>& pairs, int mirror_axis,
                        ComparableVolumes& reader, Overwrite overwrite) {
  std::vector<GreyImage> pictures;
  for (const CopyPair& pair : pairs) {
    const Volume sample = reader.read(pair.sample);
    Volume training = reader.read(pair.training);
    const Image image{std::move(training.voxels), training.geometry.size};
    pictures.push_back(draw_preview(sample, moved_onto_sample(image, pair, mirror_axis).voxels, kWindow));
  }
  const GreyImage sheet = side_by_side(pictures);
  write_png(path, sheet.width, sheet.height, 1, sheet.pixels.data(), overwrite);
}

}  // namespace voxprior
