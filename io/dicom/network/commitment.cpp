#include "io/dicom/network/commitment.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include "base/error.h"
#include "io/dicom/network/requester.h"
#include "io/dicom/network/storage_classes.h"
#include "io/dicom/write/edit_attributes.h"

namespace voxprior {
namespace {

constexpr Uint16 kRequestCommitment = 1;  // the action of PS3.4 J.3.2

}  // namespace

bool request_commitment(const DicomEndpoint& peer, const CallOptions& options,
                        const std::vector<InstanceFile>& instances, const std::string& transaction_uid) {
  Requester call(peer, options);
  call.propose(UID_StorageCommitmentPushModelSOPClass,
               {kInterchangeableSyntaxes.begin(), kInterchangeableSyntaxes.end()});
  call.propose(UID_VerificationSOPClass, {kInterchangeableSyntaxes[0]});  // else a peer without it refuses altogether
  call.open();
  const auto context = call.context(UID_StorageCommitmentPushModelSOPClass);
  if (context == 0) {
    call.close();
    return false;
  }
  DcmDataset keys;
  set_text(keys, DCM_TransactionUID, transaction_uid);
  for (const InstanceFile& instance : instances) {
    DcmItem& item = append_item(keys, DCM_ReferencedSOPSequence);
    set_text(item, DCM_ReferencedSOPClassUID, instance.sop_class_uid);
    set_text(item, DCM_ReferencedSOPInstanceUID, instance.sop_instance_uid);
  }
  Uint16 status = 0;
  call.check(
      call.sendACTIONRequest(context, UID_StorageCommitmentPushModelSOPInstance, kRequestCommitment, &keys, status),
      "the archive did not answer the request for storage commitment");
  call.close();
  if (status != STATUS_Success)
    fail(options.failure, in_words(peer), ": refused the request for storage commitment with status ", status);
  return true;
}

}  // namespace voxprior
