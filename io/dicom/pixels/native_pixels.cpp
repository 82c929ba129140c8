#include "io/dicom/pixels/native_pixels.h"

#include <algorithm>

#include "base/error.h"

namespace voxprior {

NativeFrames::NativeFrames(const std::filesystem::path& path, const NativePixels& pixels)
    : file_(path), pixels_(pixels), cells_(kPiece * static_cast<std::size_t>(pixels.cell.bytes)), stored_(kPiece) {
  if (file_.stamp() != pixels.file)
    fail(ExitCode::input, path, ": has changed since it was found; start again when nothing writes to it");
}

std::size_t NativeFrames::read_piece(std::int64_t frame, std::size_t first) {
  const std::size_t count = std::min(kPiece, pixels_.pixels() - first);
  const auto cell_bytes = static_cast<std::size_t>(pixels_.cell.bytes);
  const std::uint64_t offset =
      pixels_.offset + (static_cast<std::uint64_t>(frame) * pixels_.pixels() + first) * cell_bytes;
  if (file_.read_at(offset, cells_.data(), count * cell_bytes) < count * cell_bytes)
    fail(ExitCode::input, file_.path(), ": ends within its pixel data; it has changed since it was found");
  unpack_cells(file_.path(), cells_.data(), count, pixels_.cell, stored_.data());
  return count;
}

}  // namespace voxprior
