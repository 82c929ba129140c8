#include "io/dicom/pixels/dcmtk_codecs.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dccodec.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcxfer.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>

#include <limits>
#include <memory>

#include "base/error.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

/// DCMTK's decoders are found in a list of the process; they stay in it until the program ends.
class RegisteredCodecs {
 public:
  RegisteredCodecs() {
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
  }
  ~RegisteredCodecs() {
    DJDecoderRegistration::cleanup();
    DJLSDecoderRegistration::cleanup();
  }
  RegisteredCodecs(const RegisteredCodecs&) = delete;
  RegisteredCodecs& operator=(const RegisteredCodecs&) = delete;
};

/// A data set of one frame with the codestream's own numbers of bits: decoders check against it and size their output
/// by it. The file's may differ (12 bits in 16 allocated, 8 in 16), and its other frames would only mislead them.
void describe(const CompressedFrame& frame, DcmDataset& data) {
  data.putAndInsertUint16(DCM_SamplesPerPixel, 1);
  data.putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME2");
  data.putAndInsertString(DCM_NumberOfFrames, "1");
  data.putAndInsertUint16(DCM_Rows, static_cast<Uint16>(frame.rows));
  data.putAndInsertUint16(DCM_Columns, static_cast<Uint16>(frame.columns));
  data.putAndInsertUint16(DCM_BitsAllocated, static_cast<Uint16>(8 * frame.bytes_per_cell));
  data.putAndInsertUint16(DCM_BitsStored, static_cast<Uint16>(frame.precision));
  data.putAndInsertUint16(DCM_HighBit, static_cast<Uint16>(frame.precision - 1));
  data.putAndInsertUint16(DCM_PixelRepresentation, 0);
}

/// Encapsulated pixel data of one fragment after an empty offset table. The sequence owns its items.
std::unique_ptr<DcmPixelSequence> as_sequence(std::vector<std::uint8_t> codestream) {
  if (codestream.size() % 2 == 1) codestream.push_back(0);
  auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelData, EVR_OB));
  for (const bool is_table : {true, false}) {
    auto item = std::make_unique<DcmPixelItem>(DcmTag(DCM_Item, EVR_OB));
    if (!is_table) item->putUint8Array(codestream.data(), static_cast<unsigned long>(codestream.size()));
    if (sequence->insert(item.get()).good()) item.release();
  }
  return sequence;
}

}  // namespace

std::vector<std::uint8_t> decode_with_dcmtk(const std::vector<std::uint8_t>& codestream, const CompressedFrame& frame,
                                            const fs::path& path) {
  static const RegisteredCodecs codecs;
  DcmDataset data;
  describe(frame, data);
  const std::unique_ptr<DcmPixelSequence> sequence = as_sequence(codestream);

  const std::int64_t bytes = frame.rows * frame.columns * frame.bytes_per_cell;
  if (bytes > std::numeric_limits<Uint32>::max())
    fail(ExitCode::input, path, ": a frame of ", bytes, " bytes is beyond what DCMTK decodes");
  std::vector<std::uint8_t> cells(static_cast<std::size_t>(bytes));
  Uint32 first_fragment = 1;  // item 0 is the offset table
  OFString colour_model;
  const OFCondition status =
      DcmCodecList::decodeFrame(DcmXfer(frame.transfer_syntax_uid.c_str()), nullptr, sequence.get(), &data, 0,
                                first_fragment, cells.data(), static_cast<Uint32>(cells.size()), colour_model);
  if (status.bad())
    fail(ExitCode::input, path, ": its compressed pixel data cannot be decoded (", status.text(),
         "); the file is damaged, export it again");
  return cells;
}

}  // namespace voxprior
