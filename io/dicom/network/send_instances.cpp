#include "io/dicom/network/send_instances.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <cstdio>
#include <memory>
#include <set>
#include <utility>

#include "base/error.h"
#include "io/dicom/attributes.h"
#include "io/dicom/dataset.h"
#include "io/dicom/network/requester.h"
#include "io/dicom/network/storage_classes.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

/// PS3.8 gives odd numbers of one byte to presentation contexts.
constexpr std::size_t kMostContexts = 128;

void propose_all(Requester& call, const std::vector<InstanceFile>& instances) {
  std::set<std::pair<std::string, std::string>> contexts;  // class, syntax
  for (const InstanceFile& one : instances) {
    contexts.insert({one.sop_class_uid, one.transfer_syntax_uid});
    if (!is_interchangeable_syntax(one.transfer_syntax_uid)) continue;
    for (const char* other : kInterchangeableSyntaxes) contexts.insert({one.sop_class_uid, other});
  }
  if (contexts.size() > kMostContexts)
    fail(ExitCode::input, "more than ", kMostContexts, " kinds and encodings of objects in one go; send them in parts");
  for (const auto& [sop_class, syntax] : contexts) call.propose(sop_class, {syntax});
}

/// Where the peer takes this instance; 0 if nowhere.
T_ASC_PresentationContextID context_for(Requester& call, const InstanceFile& instance) {
  const T_ASC_PresentationContextID exact = call.context(instance.sop_class_uid, instance.transfer_syntax_uid);
  if (exact != 0 || !is_interchangeable_syntax(instance.transfer_syntax_uid)) return exact;
  for (const char* other : kInterchangeableSyntaxes) {
    if (const auto id = call.context(instance.sop_class_uid, other); id != 0) return id;
  }
  return 0;
}

std::string status_in_words(std::uint16_t status) {
  char code[8];
  std::snprintf(code, sizeof code, "0x%04X", status);
  const char* const meaning = (status & 0xff00) == 0xa700   ? ": it has no room"
                              : (status & 0xff00) == 0xa900 ? ": the object is not what was announced"
                              : (status & 0xf000) == 0xc000 ? ": it cannot process the object"
                              : status == 0x0122            ? ": it does not store such objects"
                                                            : "";
  return std::string("the peer refused it with status ") + code + meaning;
}

StoreOutcome store(Requester& call, const InstanceFile& instance) {
  StoreOutcome outcome;
  const T_ASC_PresentationContextID context = context_for(call, instance);
  if (context == 0) {
    outcome.problem = "the peer takes no such objects in this encoding";
    return outcome;
  }
  const auto file = load_dicom(instance.file, PixelLoading::load);
  call.check(call.sendSTORERequest(context, "", file->getDataset(), outcome.status), "the connection broke");
  outcome.stored = outcome.status == 0 || (outcome.status & 0xf000) == 0xb000;
  outcome.may_retry = (outcome.status & 0xff00) == 0xa700;
  if (!outcome.stored) outcome.problem = status_in_words(outcome.status);
  return outcome;
}

}  // namespace

InstanceFile identify_instance(const fs::path& file) {
  const CheckedDicom loaded = check_and_load_dicom(file, PixelLoading::skip);
  DcmDataset& dataset = *loaded.file->getDataset();
  InstanceFile instance{file, text_of(dataset, DCM_SOPClassUID), text_of(dataset, DCM_SOPInstanceUID),
                        loaded.structure.transfer_syntax_uid};
  if (instance.sop_class_uid.empty() || instance.sop_instance_uid.empty())
    fail(ExitCode::input, file, ": has no SOP class or instance UID, without which it cannot be sent");
  return instance;
}

void send_instances(const DicomEndpoint& peer, const CallOptions& options, const std::vector<InstanceFile>& instances,
                    const std::function<void(const StoreOutcome&)>& done) {
  Requester call(peer, options);
  propose_all(call, instances);
  call.setDatasetConversionMode(OFTrue);
  call.open();
  for (std::size_t n = 0; n < instances.size(); ++n) {
    StoreOutcome outcome = store(call, instances[n]);
    outcome.index = n;
    done(outcome);
  }
  call.close();
}

}  // namespace voxprior
