#include "io/dicom/pixels/fragments.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>

#include <optional>

#include "base/error.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

/// Fragments [first, last), counted from 0 after the basic offset table.
struct FragmentRange {
  unsigned long first = 0, last = 0;
};

/// The items of encapsulated pixel data: an offset table, then fragments.
class Fragments {
 public:
  Fragments(DcmPixelSequence& sequence, const fs::path& path) : path_(path) {
    for (unsigned long i = 0; i < sequence.card(); ++i) {
      DcmPixelItem* item = nullptr;
      if (sequence.getItem(item, i).bad() || item == nullptr)
        fail(ExitCode::input, path, ": its pixel data is damaged");
      items_.push_back(item);
    }
  }

  unsigned long count() const { return items_.empty() ? 0 : static_cast<unsigned long>(items_.size()) - 1; }

  void append(unsigned long fragment, std::vector<std::uint8_t>& bytes) const {
    const std::vector<std::uint8_t> read = bytes_of(fragment + 1, length(fragment));
    bytes.insert(bytes.end(), read.begin(), read.end());
  }

  /// Where frames begin, by the basic offset table: the number of the first fragment of each; none without a table.
  std::optional<FragmentRange> by_offset_table(std::int64_t frame, std::int64_t frames) const {
    const std::vector<std::uint8_t> table = bytes_of(0, items_[0]->getLength());
    if (table.size() != static_cast<std::size_t>(frames) * 4) return std::nullopt;
    const auto entry = [&](std::int64_t f) {
      std::uint32_t offset = 0;
      for (std::size_t b = 4; b-- > 0;) offset = offset << 8 | table[static_cast<std::size_t>(f) * 4 + b];
      return offset;
    };
    const FragmentRange range{starting_at(entry(frame)), frame + 1 < frames ? starting_at(entry(frame + 1)) : count()};
    if (range.last <= range.first) fail(ExitCode::input, path_, ": the offset table of its pixel data is damaged");
    return range;
  }

  /// The same by the first two bytes of each fragment; none when their number is not that of the frames.
  std::optional<FragmentRange> by_start_markers(std::int64_t frame, std::int64_t frames) const {
    std::vector<unsigned long> starts;
    for (unsigned long i = 0; i < count(); ++i)
      if (starts_codestream(i)) starts.push_back(i);
    if (starts.size() != static_cast<std::size_t>(frames) || starts[0] != 0) return std::nullopt;
    const auto f = static_cast<std::size_t>(frame);
    return FragmentRange{starts[f], f + 1 < starts.size() ? starts[f + 1] : count()};
  }

 private:
  unsigned long length(unsigned long fragment) const { return items_[fragment + 1]->getLength(); }

  std::vector<std::uint8_t> bytes_of(unsigned long item, unsigned long length) const {
    std::vector<std::uint8_t> bytes(length);
    if (length > 0 && items_[item]->getPartialValue(bytes.data(), 0, static_cast<Uint32>(length)).bad())
      fail(ExitCode::input, path_, ": its pixel data cannot be read; the disk may be failing or the file has changed");
    return bytes;
  }

  bool starts_codestream(unsigned long fragment) const {
    if (length(fragment) < 2) return false;
    const std::vector<std::uint8_t> bytes = bytes_of(fragment + 1, 2);
    return bytes[0] == 0xff && (bytes[1] == 0xd8 || bytes[1] == 0x4f);  // JPEG SOI, JPEG 2000 SOC
  }

  /// The fragment whose item begins `offset` bytes after the first one's.
  unsigned long starting_at(std::uint32_t offset) const {
    std::uint64_t position = 0;
    unsigned long fragment = 0;
    while (fragment < count() && position < offset) position += 8 + length(fragment++);
    if (position != offset || fragment == count())
      fail(ExitCode::input, path_,
           ": the offset table of its pixel data points between fragments; the file is damaged");
    return fragment;
  }

  const fs::path& path_;
  std::vector<DcmPixelItem*> items_;
};

DcmPixelSequence& pixel_sequence(DcmFileFormat& file, const fs::path& path) {
  DcmElement* element = nullptr;
  file.getDataset()->findAndGetElement(DCM_PixelData, element);
  auto* pixels = dynamic_cast<DcmPixelData*>(element);
  DcmPixelSequence* sequence = nullptr;
  if (pixels != nullptr) {
    E_TransferSyntax syntax = EXS_Unknown;
    const DcmRepresentationParameter* parameter = nullptr;
    pixels->getOriginalRepresentationKey(syntax, parameter);
    pixels->getEncapsulatedRepresentation(syntax, parameter, sequence);
  }
  if (sequence == nullptr) fail(ExitCode::input, path, ": its pixel data is not compressed as its header says");
  return *sequence;
}

FragmentRange fragments_of(const Fragments& fragments, std::int64_t frame, std::int64_t frames, const fs::path& path) {
  if (frames == 1) return {0, fragments.count()};
  if (fragments.count() == static_cast<unsigned long>(frames)) {
    const auto only = static_cast<unsigned long>(frame);
    return {only, only + 1};
  }
  if (const auto range = fragments.by_offset_table(frame, frames)) return *range;
  if (const auto range = fragments.by_start_markers(frame, frames)) return *range;
  fail(ExitCode::input, path, ": its ", frames, " frames cannot be told apart in ", fragments.count(),
       " pieces of compressed data without an offset table; export the file again");
}

}  // namespace

std::vector<std::uint8_t> compressed_frame(DcmFileFormat& file, const ImageDescription& image, std::int64_t frame,
                                           const fs::path& path) {
  const Fragments fragments(pixel_sequence(file, path), path);
  if (fragments.count() == 0) fail(ExitCode::input, path, ": its pixel data is empty; the file is cut short");
  const FragmentRange range = fragments_of(fragments, frame, image.frames, path);
  std::vector<std::uint8_t> bytes;
  for (unsigned long i = range.first; i < range.last; ++i) fragments.append(i, bytes);
  return bytes;
}

}  // namespace voxprior
