#pragma once

#include <string>
#include <string_view>

namespace voxprior {

/// Who decodes the pixel data of a transfer syntax.
enum class PixelCodec { native, rle, jpeg, jpeg_ls, jpeg_2000, unsupported };

/// How a data set is encoded (PS3.5 section 10 and Annex A).
struct TransferSyntax {
  std::string uid;
  std::string name;  ///< as in PS3.6 Table A-1, shortened; the UID itself when unknown; fit for messages
  PixelCodec codec = PixelCodec::unsupported;
  bool explicit_vr = true;
  bool big_endian = false;
  bool deflated = false;
  bool encapsulated = true;
};

inline constexpr const char* kImplicitLittleEndian = "1.2.840.10008.1.2";
inline constexpr const char* kExplicitLittleEndian = "1.2.840.10008.1.2.1";
inline constexpr const char* kExplicitBigEndian = "1.2.840.10008.1.2.2";

/// An unknown UID is taken for an encapsulated syntax, explicit little endian as all of them are, that nothing decodes.
TransferSyntax transfer_syntax_of(std::string_view uid);

}  // namespace voxprior
