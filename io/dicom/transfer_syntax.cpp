#include "io/dicom/transfer_syntax.h"

#include <algorithm>
#include <array>

namespace voxprior {
namespace {

struct Row {
  const char* uid;
  const char* name;
  PixelCodec codec;
};

// Every one of these is encapsulated and explicit little endian (PS3.5 A.4).
constexpr std::array kEncapsulated{
    Row{"1.2.840.10008.1.2.5", "RLE Lossless", PixelCodec::rle},
    Row{"1.2.840.10008.1.2.4.50", "JPEG Baseline (Process 1)", PixelCodec::jpeg},
    Row{"1.2.840.10008.1.2.4.51", "JPEG Extended (Process 2 and 4)", PixelCodec::jpeg},
    Row{"1.2.840.10008.1.2.4.57", "JPEG Lossless (Process 14)", PixelCodec::jpeg},
    Row{"1.2.840.10008.1.2.4.70", "JPEG Lossless (Process 14, Selection Value 1)", PixelCodec::jpeg},
    Row{"1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", PixelCodec::jpeg_ls},
    Row{"1.2.840.10008.1.2.4.81", "JPEG-LS Near-lossless", PixelCodec::jpeg_ls},
    Row{"1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless", PixelCodec::jpeg_2000},
    Row{"1.2.840.10008.1.2.4.91", "JPEG 2000", PixelCodec::jpeg_2000},
    Row{"1.2.840.10008.1.2.4.53", "JPEG Spectral Selection (Process 6 and 8)", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.55", "JPEG Full Progression (Process 10 and 12)", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Multi-component Lossless", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2 Multi-component", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.94", "JPIP Referenced", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.100", "MPEG2 Main Profile, Main Level", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.100.1", "Fragmentable MPEG2 Main Profile, Main Level", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.101", "MPEG2 Main Profile, High Level", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.101.1", "Fragmentable MPEG2 Main Profile, High Level", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.103", "MPEG-4 AVC/H.264 BD-compatible High Profile", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.104", "MPEG-4 AVC/H.264 High Profile for 2D video", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.105", "MPEG-4 AVC/H.264 High Profile for 3D video", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.106", "MPEG-4 AVC/H.264 Stereo High Profile", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.107", "HEVC/H.265 Main Profile", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.108", "HEVC/H.265 Main 10 Profile", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.110", "JPEG XL Lossless", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.112", "JPEG XL", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 RPCL Lossless", PixelCodec::unsupported},
    Row{"1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000", PixelCodec::unsupported},
};

TransferSyntax native(std::string_view uid, const char* name, bool explicit_vr, bool big_endian, bool deflated) {
  return {std::string(uid), name, PixelCodec::native, explicit_vr, big_endian, deflated, false};
}

}  // namespace

TransferSyntax transfer_syntax_of(std::string_view uid) {
  if (uid == kImplicitLittleEndian) return native(uid, "Implicit VR Little Endian", false, false, false);
  if (uid == kExplicitLittleEndian) return native(uid, "Explicit VR Little Endian", true, false, false);
  if (uid == kExplicitBigEndian) return native(uid, "Explicit VR Big Endian", true, true, false);
  if (uid == "1.2.840.10008.1.2.1.99") return native(uid, "Deflated Explicit VR Little Endian", true, false, true);

  // The text is a file's: what is no UID may be anything, a patient's name included, and stays out of messages.
  const bool is_uid = uid.find_first_not_of("0123456789.") == std::string_view::npos;
  TransferSyntax result;
  result.uid = uid;
  result.name = is_uid ? std::string(uid) : "given by something that is no UID";
  const auto row = std::find_if(kEncapsulated.begin(), kEncapsulated.end(), [&](const Row& r) { return r.uid == uid; });
  if (row != kEncapsulated.end()) {
    result.name = row->name;
    result.codec = row->codec;
  }
  if (uid == "1.2.840.10008.1.2.4.95") {
    result.name = "JPIP Referenced Deflate";
    result.deflated = true;
  }
  if (uid == "1.2.840.113619.5.2") {
    result.name = "GE private, implicit little endian with big endian pixels";
    result.explicit_vr = result.encapsulated = false;
  }
  return result;
}

}  // namespace voxprior
