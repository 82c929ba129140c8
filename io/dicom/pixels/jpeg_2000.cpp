#include "io/dicom/pixels/jpeg_2000.h"

#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/error.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

// OpenJPEG's codec and stream are the same C type, so each needs a deleter of its own.
struct DestroyCodec {
  void operator()(opj_codec_t* codec) const { opj_destroy_codec(codec); }
};
struct DestroyStream {
  void operator()(opj_stream_t* stream) const { opj_stream_destroy(stream); }
};
struct DestroyImage {
  void operator()(opj_image_t* image) const { opj_image_destroy(image); }
};
using Codec = std::unique_ptr<opj_codec_t, DestroyCodec>;
using Stream = std::unique_ptr<opj_stream_t, DestroyStream>;
using Image = std::unique_ptr<opj_image_t, DestroyImage>;

/// Bytes in memory behind OpenJPEG's callbacks.
struct Bytes {
  const std::vector<std::uint8_t>& all;
  std::size_t at = 0;

  static OPJ_SIZE_T read(void* buffer, OPJ_SIZE_T count, void* user) {
    Bytes& bytes = *static_cast<Bytes*>(user);
    const std::size_t got = std::min<std::size_t>(count, bytes.all.size() - bytes.at);
    if (got == 0) return static_cast<OPJ_SIZE_T>(-1);  // OpenJPEG's sign of the end
    std::memcpy(buffer, bytes.all.data() + bytes.at, got);
    bytes.at += got;
    return got;
  }
  static OPJ_OFF_T skip(OPJ_OFF_T count, void* user) {
    Bytes& bytes = *static_cast<Bytes*>(user);
    const OPJ_OFF_T left = static_cast<OPJ_OFF_T>(bytes.all.size() - bytes.at);
    if (count < 0 || left == 0) return -1;
    bytes.at += static_cast<std::size_t>(std::min(count, left));
    return std::min(count, left);
  }
  static OPJ_BOOL seek(OPJ_OFF_T to, void* user) {
    Bytes& bytes = *static_cast<Bytes*>(user);
    if (to < 0 || static_cast<std::size_t>(to) > bytes.all.size()) return OPJ_FALSE;
    bytes.at = static_cast<std::size_t>(to);
    return OPJ_TRUE;
  }
};

Stream open_stream(Bytes& bytes) {
  Stream stream(opj_stream_default_create(OPJ_TRUE));
  opj_stream_set_user_data(stream.get(), &bytes, nullptr);
  opj_stream_set_user_data_length(stream.get(), bytes.all.size());
  opj_stream_set_read_function(stream.get(), Bytes::read);
  opj_stream_set_skip_function(stream.get(), Bytes::skip);
  opj_stream_set_seek_function(stream.get(), Bytes::seek);
  return stream;
}

/// Codestreams must be bare (PS3.5 A.4.4); some programs put a whole JP2 file there, which begins with a signature box.
OPJ_CODEC_FORMAT format_of(const std::vector<std::uint8_t>& bytes) {
  return bytes.size() >= 8 && std::memcmp(bytes.data() + 4, "jP  ", 4) == 0 ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K;
}

void check_size(const opj_image_t& image, std::int64_t columns, std::int64_t rows, std::size_t bytes,
                const fs::path& path) {
  if (image.numcomps != 1)
    fail(ExitCode::input, path, ": its JPEG 2000 data has ", image.numcomps, " components, the header says 1");
  const std::int64_t wide = std::int64_t{image.x1} - image.x0, high = std::int64_t{image.y1} - image.y0;
  if (wide != columns || high != rows || image.comps[0].dx != 1 || image.comps[0].dy != 1)
    fail(ExitCode::input, path, ": its JPEG 2000 data is ", wide, " x ", high, " pixels, the header says ", columns,
         " x ", rows, "; export the file again");
  // Empty packets cost next to nothing, so there is no true bound: this one is far beyond any image.
  constexpr std::int64_t kPixelsPerByte = 20000;
  if (columns * rows / kPixelsPerByte > static_cast<std::int64_t>(bytes))
    fail(ExitCode::input, path, ": ", bytes, " bytes of JPEG 2000 data cannot hold ", columns * rows,
         " pixels; the file is cut short or damaged");
}

}  // namespace

Jpeg2000Image decode_jpeg_2000(const std::vector<std::uint8_t>& codestream, std::int64_t columns, std::int64_t rows,
                               const fs::path& path) {
  const auto damaged = [&]() { fail(ExitCode::input, path, ": its JPEG 2000 data is damaged; export the file again"); };
  Bytes bytes{codestream};
  const Stream stream = open_stream(bytes);
  const Codec codec(opj_create_decompress(format_of(codestream)));
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  if (!opj_setup_decoder(codec.get(), &parameters)) damaged();

  opj_image_t* header = nullptr;
  const bool read = opj_read_header(stream.get(), codec.get(), &header);
  const Image image(header);
  if (!read || header == nullptr) damaged();
  check_size(*image, columns, rows, codestream.size(), path);
  if (!opj_decode(codec.get(), stream.get(), image.get()) || !opj_end_decompress(codec.get(), stream.get())) damaged();

  const opj_image_comp_t& component = image->comps[0];
  const bool complete =
      image->numcomps == 1 && component.data != nullptr && component.w == columns && component.h == rows;
  if (!complete) damaged();
  Jpeg2000Image result;
  result.precision = static_cast<int>(component.prec);
  result.is_signed = component.sgnd != 0;
  result.samples.assign(component.data, component.data + columns * rows);
  return result;
}

}  // namespace voxprior
