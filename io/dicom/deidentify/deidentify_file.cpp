#include "io/dicom/deidentify/deidentify_file.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcmetinf.h>
#include <dcmtk/dcmdata/dcxfer.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "base/atomic_file.h"
#include "base/error.h"
#include "io/dicom/attributes.h"
#include "io/dicom/dataset.h"
#include "io/dicom/deidentify/burned_in.h"
#include "io/dicom/deidentify/deidentify_dataset.h"
#include "io/dicom/write/edit_attributes.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

bool begins_with(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

/// What the SOP class carries that no table of attributes can clean, or null.
const char* uncleanable_kind(const std::string& sop_class) {
  const std::string storage = "1.2.840.10008.5.1.4.1.1.";
  if (begins_with(sop_class, (storage + "88.").c_str())) return "a structured report";
  if (begins_with(sop_class, (storage + "104.").c_str())) return "an encapsulated document";
  if (begins_with(sop_class, (storage + "11.").c_str())) return "a presentation state";
  if (begins_with(sop_class, (storage + "9.").c_str())) return "a waveform";
  return nullptr;
}

void check_can_be_cleaned(DcmDataset& dataset, const fs::path& in) {
  const std::string sop_class = text_of(dataset, DCM_SOPClassUID);
  if (sop_class.empty() || text_of(dataset, DCM_SOPInstanceUID).empty() ||
      text_of(dataset, DCM_StudyInstanceUID).empty() || text_of(dataset, DCM_SeriesInstanceUID).empty()) {
    fail(ExitCode::input, in,
         ": lacks SOP Class, SOP Instance, Series or Study Instance UID; not a complete DICOM instance");
  }
  if (const char* kind = uncleanable_kind(sop_class))
    fail(ExitCode::input, in, ": is ", kind, ", whose content is not cleaned here; leave it out or clean it by hand");
}

E_TransferSyntax transfer_syntax_of(DcmFileFormat& file, const fs::path& in) {
  const std::string named = text_of(*file.getMetaInfo(), DCM_TransferSyntaxUID);
  if (!named.empty() && DcmXfer(named.c_str()).getXfer() == EXS_Unknown)
    fail(ExitCode::input, in, ": its transfer syntax ", named, " is not known here; convert it to another one first");
  return file.getDataset()->getOriginalXfer();
}

std::string check_burned_in(DcmDataset& dataset, const fs::path& in, const DeidentifyOptions& options) {
  const std::string risk = burned_in_risk(dataset);
  if (!risk.empty() && !options.accept_burned_in) {
    fail(ExitCode::input, in, ": its pixels may show identifying text (", risk,
         "); look at it, then leave it out or use --accept-burned-in");
  }
  return risk;
}

void make_folder(const fs::path& folder) {
  std::error_code problem;
  fs::create_directory(folder, problem);
  if (problem) fail(ExitCode::output, folder, ": cannot be created: ", problem.message());
}

/// A file around the data set alone: nothing of the preamble and the meta information it came with.
void write(std::unique_ptr<DcmDataset> dataset, E_TransferSyntax syntax, const fs::path& path) {
  DcmFileFormat fresh(dataset.release(), OFFalse);
  AtomicFile out(path, Overwrite::no);
  const OFCondition saved = fresh.saveFile(OFFilename(out.temporary_path().c_str()), syntax, EET_ExplicitLength,
                                           EGL_withoutGL, EPD_withoutPadding, 0, 0, EWM_createNewMeta);
  if (saved.bad()) fail(ExitCode::output, path, ": cannot be written: ", saved.text());
  out.commit();
}

}  // namespace

bool may_be_dicom_instance(const fs::path& file) {
  std::string name = file.filename().string();
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  return name != "DICOMDIR" && looks_like_dicom(file);
}

DeidentifiedFile deidentify_file(const fs::path& in, const fs::path& out_folder, const DeidentifyOptions& options,
                                 const Pseudonyms& pseudonyms, const DicomLimits& limits) {
  const std::unique_ptr<DcmFileFormat> file = load_dicom(in, PixelLoading::load, limits);
  const E_TransferSyntax syntax = transfer_syntax_of(*file, in);
  std::unique_ptr<DcmDataset> dataset(file->getAndRemoveDataset());
  check_can_be_cleaned(*dataset, in);

  DeidentifiedFile result;
  result.warning = check_burned_in(*dataset, in, options);
  const fs::path folder = out_folder / pseudonyms.file_name(text_of(*dataset, DCM_SeriesInstanceUID));
  result.path = folder / (pseudonyms.file_name(text_of(*dataset, DCM_SOPInstanceUID)) + ".dcm");
  if (fs::exists(result.path)) fail(ExitCode::input, in, ": holds the same instance as another file, which was taken");

  deidentify_dataset(*dataset, options, pseudonyms);
  result.patient = text_of(*dataset, DCM_PatientID);
  make_folder(folder);
  write(std::move(dataset), syntax, result.path);
  return result;
}

}  // namespace voxprior
