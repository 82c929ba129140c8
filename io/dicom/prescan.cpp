#include "io/dicom/prescan.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "io/dicom/element_header.h"
#include "io/dicom/file_meta.h"
#include "io/dicom/image_claims.h"
#include "io/dicom/transfer_syntax.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t kDelimiterGroup = 0xfffe, kItem = 0xe000, kItemEnd = 0xe00d, kSequenceEnd = 0xe0dd;
constexpr std::size_t kMostTextBytes = 64;  // LO, the longest value that we look into, has 64 characters

/// Something that holds elements, items or fragments and has not ended yet.
struct Container {
  enum class Kind { data_set, item, sequence, fragments };
  Kind kind;
  ElementEncoding encoding;
  std::uint64_t end;  ///< where it ends or, if a delimiter ends it, what it cannot reach beyond
  bool delimited;
  PrivateCreators creators;
};

/// The walk over a data set. Nesting is a vector, not the call stack.
class DataSetWalk {
 public:
  DataSetWalk(const fs::path& path, ScanSource& source, const TransferSyntax& syntax, const DicomLimits& limits)
      : path_(path), source_(source), syntax_(syntax), limits_(limits) {
    open_.push_back(
        {Container::Kind::data_set, {syntax.explicit_vr, syntax.big_endian}, source.end(), syntax.deflated, {}});
  }

  ImageClaims run() {
    while (!open_.empty()) {
      if (ends_here(open_.back())) {
        open_.pop_back();
      } else if (open_.back().kind == Container::Kind::data_set || open_.back().kind == Container::Kind::item) {
        walk_element();
      } else {
        walk_item();
      }
    }
    return claims_;
  }

 private:
  bool at_top() const { return open_.size() == 1; }

  bool ends_here(const Container& container) {
    if (container.kind == Container::Kind::data_set && container.delimited) return stream_ended();
    if (source_.position() < container.end) return false;
    if (container.delimited) fail(ExitCode::input, path_, ": a sequence never ends; the file is cut short or damaged");
    return true;
  }

  /// A deflated data set ends where its stream does, not at the bound of what it could inflate to.
  bool stream_ended() {
    unsigned char byte;
    return source_.peek(&byte, 1) == 0;
  }

  void walk_element() {
    const ElementHeader header = read_element_header(path_, source_, open_.back().encoding, open_.back().creators);
    if (header.tag.group == kDelimiterGroup) return end_item(header);
    const bool undefined = header.length == kUndefinedLength;
    if (!undefined) check_fits(header);
    const bool pixel_data = header.tag.is(0x7fe0, 0x0010);
    if (pixel_data && at_top()) note_pixel_data(header);
    if (at_top() && (header.tag.is(0x7fe0, 0x0008) || header.tag.is(0x7fe0, 0x0009))) claims_.has_float_pixels = true;

    const bool explicit_vr = open_.back().encoding.explicit_vr;
    if (pixel_data && undefined) {
      if (!explicit_vr) damaged(header, "is encapsulated, which needs an explicit value representation");
      open(Container::Kind::fragments, open_.back().encoding, header.length);
    } else if (header.vr == "SQ") {
      open(Container::Kind::sequence, open_.back().encoding, header.length);
    } else if (header.vr == "UN" && undefined) {
      open(Container::Kind::sequence, {false, false}, header.length);  // PS3.5 section 6.2.2, note 4
    } else if (undefined) {
      damaged(header, "has an undefined length, which only sequences and pixel data may have");
    } else {
      walk_value(header);
    }
  }

  void end_item(const ElementHeader& header) {
    Container& item = open_.back();
    if (item.kind != Container::Kind::item || !item.delimited || header.tag.element != kItemEnd || header.length != 0)
      damaged(header, "stands where no item ends");
    open_.pop_back();
  }

  void walk_item() {
    const Container& sequence = open_.back();
    const ElementHeader header = read_element_header(path_, source_, sequence.encoding, {});
    const bool fragments = sequence.kind == Container::Kind::fragments;
    if (header.tag.is(kDelimiterGroup, kSequenceEnd) && sequence.delimited && header.length == 0) {
      open_.pop_back();
      return;
    }
    if (!header.tag.is(kDelimiterGroup, kItem)) damaged(header, "stands where an item of a sequence should");
    if (header.length != kUndefinedLength) check_fits(header);
    if (!fragments) return open(Container::Kind::item, sequence.encoding, header.length);
    if (header.length == kUndefinedLength) damaged(header, "is a piece of compressed pixel data without a length");
    if (open_.size() == 2) ++fragments_;
    skip(header);
    if (open_.size() == 2 && fragments_ > 0) claims_.fragments = fragments_ - 1;  // the first is the offset table
  }

  void walk_value(const ElementHeader& header) {
    const bool creator = header.tag.is_private() && header.tag.element >= 0x0010 && header.tag.element <= 0x00ff;
    if (creator && header.length <= kMostTextBytes) {
      open_.back().creators[{header.tag.group, header.tag.element}] = text_value(header);
    } else if (at_top() && header.tag.group == 0x0028) {
      walk_image_attribute(header);
    } else {
      skip(header);
    }
  }

  void walk_image_attribute(const ElementHeader& header) {
    if (header.tag.element == 0x0008 && header.length <= kMostTextBytes) {
      keep_first(claims_.number_of_frames, text_value(header));
    } else if (std::optional<std::uint16_t>* claim = number_claim(header.tag.element); claim && header.length >= 2) {
      unsigned char bytes[2];
      if (!source_.read(bytes, 2)) cut_short(header);
      keep_first(*claim, two_bytes(bytes, open_.back().encoding.big_endian));
      if (!source_.skip(header.length - 2)) cut_short(header);
    } else {
      skip(header);
    }
  }

  std::optional<std::uint16_t>* number_claim(std::uint16_t element) {
    switch (element) {
      case 0x0002:
        return &claims_.samples_per_pixel;
      case 0x0010:
        return &claims_.rows;
      case 0x0011:
        return &claims_.columns;
      case 0x0100:
        return &claims_.bits_allocated;
      default:
        return nullptr;
    }
  }

  /// Of an element that comes twice DCMTK keeps the first.
  template <typename Value>
  static void keep_first(std::optional<Value>& kept, Value value) {
    if (!kept) kept = std::move(value);
  }

  void note_pixel_data(const ElementHeader& header) {
    if (claims_.has_pixel_data) damaged(header, "comes twice");
    if ((header.length == kUndefinedLength) != syntax_.encapsulated)
      damaged(header, "is not compressed as the transfer syntax " + syntax_.name + " says");
    claims_.has_pixel_data = true;
    if (syntax_.encapsulated) return;
    claims_.native_bytes = header.length;
    claims_.native_offset = source_.position();
  }

  void open(Container::Kind kind, ElementEncoding encoding, std::uint32_t length) {
    const auto depth = static_cast<std::int64_t>(open_.size() + 1) / 2;  // data set, sequence, item, sequence, ...
    if (depth > limits_.max_depth)
      fail(ExitCode::input, path_, ": sequences are nested more than ", limits_.max_depth,
           " deep, as no scanner nests them; the file is damaged or made to do harm");
    const bool delimited = length == kUndefinedLength;
    open_.push_back({kind, encoding, delimited ? open_.back().end : source_.position() + length, delimited, {}});
  }

  void check_fits(const ElementHeader& header) {
    const std::uint64_t left = open_.back().end - std::min(open_.back().end, source_.position());
    if (header.length <= left) return;
    if (syntax_.deflated)
      fail(ExitCode::input, path_, ": element ", header.tag.text(), " is said to be ", header.length,
           " bytes long, more than the deflated file can hold; it is damaged or made to exhaust memory");
    fail(ExitCode::input, path_, ": element ", header.tag.text(), " is said to be ", header.length, " bytes long, ",
         left, " are left; the file is cut short or damaged, copy it again");
  }

  std::string text_value(const ElementHeader& header) {
    std::string text(header.length, '\0');
    if (!source_.read(text.data(), text.size())) cut_short(header);
    return text.substr(0, text.find_last_not_of(std::string(" \0", 2)) + 1);
  }

  void skip(const ElementHeader& header) {
    if (!source_.skip(header.length)) cut_short(header);
  }

  [[noreturn]] void cut_short(const ElementHeader& header) {
    fail(ExitCode::input, path_, ": ends within element ", header.tag.text(), "; the file is cut short, copy it again");
  }

  [[noreturn]] void damaged(const ElementHeader& header, const std::string& what) {
    fail(ExitCode::input, path_, ": element ", header.tag.text(), " ", what, "; the file is damaged");
  }

  const fs::path& path_;
  ScanSource& source_;
  const TransferSyntax& syntax_;
  const DicomLimits& limits_;
  std::vector<Container> open_;
  ImageClaims claims_;
  std::uint64_t fragments_ = 0;
};

}  // namespace

DicomStructure prescan_dicom(const fs::path& path, const DicomLimits& limits) {
  const InputFile file(path);
  std::unique_ptr<ScanSource> source = scan_file(file);
  const FileMeta meta = read_file_meta(path, *source);
  const TransferSyntax syntax = transfer_syntax_of(meta.transfer_syntax_uid);
  // DCMTK believes the length: where both differ it would inflate what was not looked at here.
  if (syntax.deflated && meta.declared_end.value_or(source->position()) != source->position())
    fail(ExitCode::input, path, ": its file meta information is not as long as it says; the file is damaged");
  if (syntax.deflated) source = scan_inflated(file, source->position());
  const ImageClaims claims = DataSetWalk(path, *source, syntax, limits).run();
  check_image_claims(path, claims, syntax, limits);

  DicomStructure structure{meta.transfer_syntax_uid, meta.present, std::nullopt, file.stamp()};
  const bool plain = claims.has_pixel_data && !syntax.encapsulated && !syntax.deflated && !claims.has_float_pixels;
  if (plain) structure.native_pixels = {claims.native_offset, claims.native_bytes};
  return structure;
}

}  // namespace voxprior
