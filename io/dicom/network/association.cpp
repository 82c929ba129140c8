#include "io/dicom/network/association.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcostrmf.h>
#include <dcmtk/dcmdata/dcsequen.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dimse.h>
#include <dcmtk/dcmnet/dul.h>
#include <dcmtk/dcmtls/tlslayer.h>
#include <unistd.h>

#include <cstring>
#include <memory>

#include "base/error.h"
#include "io/dicom/attributes.h"
#include "io/dicom/network/dcmtk_network.h"
#include "io/dicom/network/storage_classes.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr long kLargestPdu = 131072;

/// The network and the association of DCMTK's C interface, dropped in the right order.
class Connection {
 public:
  Connection(int socket, const AssociationRules& rules) {
    dcmExternalSocketHandle.set(socket);  // instead of listening itself, as from inetd
    if (ASC_initializeNetwork(NET_ACCEPTOR, 0, rules.request_s, &network_).bad())
      fail(ExitCode::resources, "the network cannot be initialised");
    if (!rules.tls.given()) return;
    tls_ = make_tls_layer(rules.tls, TlsRole::listener);
    ASC_setTransportLayer(network_, tls_.get(), 0);
  }
  ~Connection() {
    if (association_ != nullptr) {
      ASC_dropSCPAssociation(association_);
      ASC_destroyAssociation(&association_);
    }
    ASC_dropNetwork(&network_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool receive_request(int limit_s) {
    return ASC_receiveAssociation(network_, &association_, kLargestPdu, nullptr, nullptr, tls_ ? OFTrue : OFFalse,
                                  DUL_NOBLOCK, limit_s)
        .good();
  }
  T_ASC_Association* association() { return association_; }

 private:
  T_ASC_Network* network_ = nullptr;
  T_ASC_Association* association_ = nullptr;
  std::unique_ptr<DcmTransportLayer> tls_;
};

void reject(T_ASC_Association* association, T_ASC_RejectParametersResult result, T_ASC_RejectParametersSource source,
            T_ASC_RejectParametersReason reason) {
  const T_ASC_RejectParameters parameters{result, source, reason};
  ASC_rejectAssociation(association, &parameters);
}

/// Accepts, of what is proposed, what we can serve; false if nothing is.
bool accept_contexts(T_ASC_Parameters* parameters) {
  std::vector<const char*> classes{UID_VerificationSOPClass}, syntaxes;
  for (const std::string& one : volume_storage_classes()) classes.push_back(one.c_str());
  for (const std::string& one : readable_transfer_syntaxes()) syntaxes.push_back(one.c_str());
  ASC_acceptContextsWithPreferredTransferSyntaxes(parameters, classes.data(), static_cast<int>(classes.size()),
                                                  syntaxes.data(), static_cast<int>(syntaxes.size()));
  // An archive that reports on storage commitment is the SCP though it is the one that calls.
  const char* commitment = UID_StorageCommitmentPushModelSOPClass;
  ASC_acceptContextsWithPreferredTransferSyntaxes(parameters, &commitment, 1, syntaxes.data(), 3, ASC_SC_ROLE_SCP);
  return ASC_countAcceptedPresentationContexts(parameters) > 0;
}

void copy_uid(DIC_UI& to, const DIC_UI& from) { std::memcpy(to, from, sizeof to); }

/// One association that stands.
class Session {
 public:
  Session(T_ASC_Association* association, const AssociationRules& rules, AssociationHandler& handler)
      : association_(association), rules_(rules), handler_(handler) {}

  AssociationEnd serve() {
    for (;;) {
      ::alarm(static_cast<unsigned>(rules_.idle_s));
      T_ASC_PresentationContextID context = 0;
      T_DIMSE_Message message{};
      const OFCondition status = DIMSE_receiveCommand(association_, DIMSE_BLOCKING, 0, &context, &message, nullptr);
      if (status == DUL_PEERREQUESTEDRELEASE) return release();
      if (status.bad() || !answer(context, message)) {
        if (status != DUL_PEERABORTEDASSOCIATION) ASC_abortAssociation(association_);
        return AssociationEnd::aborted;
      }
    }
  }

 private:
  AssociationEnd release() {
    handler_.released();
    ASC_acknowledgeRelease(association_);
    return AssociationEnd::released;
  }

  bool answer(T_ASC_PresentationContextID context, T_DIMSE_Message& message) {
    switch (message.CommandField) {
      case DIMSE_C_ECHO_RQ:
        return DIMSE_sendEchoResponse(association_, context, &message.msg.CEchoRQ, STATUS_Success, nullptr).good();
      case DIMSE_C_STORE_RQ:
        ::alarm(static_cast<unsigned>(rules_.instance_s));
        return store(context, message.msg.CStoreRQ);
      case DIMSE_N_EVENT_REPORT_RQ:
        return event_report(context, message.msg.NEventReportRQ);
      default:
        return false;
    }
  }

  bool store(T_ASC_PresentationContextID context, T_DIMSE_C_StoreRQ& request) {
    const StoreRequest announced{request.AffectedSOPClassUID, request.AffectedSOPInstanceUID};
    std::uint16_t status = store_status::not_understood;
    const fs::path file = handler_.file_for(announced, status);
    bool connected = false;
    if (file.empty()) {
      connected = discard();
    } else if (receive(context, request, file, connected)) {
      status = handler_.received(announced, file);
    } else {
      handler_.not_received(file);
      status = store_status::no_room;
    }
    return connected && respond(context, request, status);
  }

  /// False when the file is not complete: the disk is full, or the connection broke.
  bool receive(T_ASC_PresentationContextID context, T_DIMSE_C_StoreRQ& request, const fs::path& file, bool& connected) {
    DcmOutputFileStream* opened = nullptr;
    if (DIMSE_createFilestream(OFFilename(file.c_str()), &request, association_, context, 1, &opened).bad()) {
      connected = discard();
      return false;
    }
    const std::unique_ptr<DcmOutputFileStream> stream(opened);
    const OFCondition status =
        DIMSE_receiveDataSetInFile(association_, DIMSE_BLOCKING, 0, &context, stream.get(), nullptr, nullptr);
    connected = status.good() || status == DIMSE_OUTOFRESOURCES;
    stream->flush();
    return status.good() && stream->good();
  }

  bool discard() {
    DIC_UL bytes = 0, parts = 0;
    return DIMSE_ignoreDataSet(association_, DIMSE_BLOCKING, 0, &bytes, &parts).good();
  }

  bool respond(T_ASC_PresentationContextID context, const T_DIMSE_C_StoreRQ& request, std::uint16_t status) {
    T_DIMSE_C_StoreRSP response{};
    response.MessageIDBeingRespondedTo = request.MessageID;
    copy_uid(response.AffectedSOPClassUID, request.AffectedSOPClassUID);
    copy_uid(response.AffectedSOPInstanceUID, request.AffectedSOPInstanceUID);
    response.DimseStatus = status;
    response.DataSetType = DIMSE_DATASET_NULL;
    response.opts = O_STORE_AFFECTEDSOPCLASSUID | O_STORE_AFFECTEDSOPINSTANCEUID;
    return DIMSE_sendStoreResponse(association_, context, &request, &response, nullptr).good();
  }

  bool event_report(T_ASC_PresentationContextID context, const T_DIMSE_N_EventReportRQ& request) {
    DcmDataset* received = nullptr;
    if (request.DataSetType == DIMSE_DATASET_NULL ||
        DIMSE_receiveDataSetInMemory(association_, DIMSE_BLOCKING, 0, &context, &received, nullptr, nullptr).bad())
      return false;
    const std::unique_ptr<DcmDataset> report(received);
    T_DIMSE_Message response{};
    response.CommandField = DIMSE_N_EVENT_REPORT_RSP;
    T_DIMSE_N_EventReportRSP& answer = response.msg.NEventReportRSP;
    answer.MessageIDBeingRespondedTo = request.MessageID;
    copy_uid(answer.AffectedSOPClassUID, request.AffectedSOPClassUID);
    copy_uid(answer.AffectedSOPInstanceUID, request.AffectedSOPInstanceUID);
    answer.EventTypeID = request.EventTypeID;
    answer.DimseStatus = handler_.committed(report_in(*report)) ? STATUS_Success : STATUS_N_NoSuchObjectInstance;
    answer.DataSetType = DIMSE_DATASET_NULL;
    answer.opts =
        O_NEVENTREPORT_AFFECTEDSOPCLASSUID | O_NEVENTREPORT_AFFECTEDSOPINSTANCEUID | O_NEVENTREPORT_EVENTTYPEID;
    return DIMSE_sendMessageUsingMemoryData(association_, context, &response, nullptr, nullptr, nullptr, nullptr)
        .good();
  }

  static CommitmentReport report_in(DcmDataset& dataset) {
    CommitmentReport report;
    report.transaction_uid = text_of(dataset, DCM_TransactionUID);
    DcmSequenceOfItems* sequence = nullptr;
    if (dataset.findAndGetSequence(DCM_ReferencedSOPSequence, sequence).good()) {
      for (unsigned long n = 0; n < sequence->card(); ++n)
        report.committed.push_back(text_of(*sequence->getItem(n), DCM_ReferencedSOPInstanceUID));
    }
    if (dataset.findAndGetSequence(DCM_FailedSOPSequence, sequence).good()) report.failed = sequence->card();
    return report;
  }

  T_ASC_Association* association_;
  const AssociationRules& rules_;
  AssociationHandler& handler_;
};

Caller caller_of(T_ASC_Association* association, const std::string& host, std::string& called_title) {
  char calling[DUL_LEN_TITLE + 1] = {}, called[DUL_LEN_TITLE + 1] = {};
  ASC_getAPTitles(association->params, calling, sizeof calling, called, sizeof called, nullptr, 0);
  called_title = called;
  return {calling, host};
}

}  // namespace

AssociationEnd serve_association(int socket, const std::string& host, const AssociationRules& rules,
                                 AssociationHandler& handler) {
  prepare_dcmtk_network();
  ::alarm(static_cast<unsigned>(rules.request_s));  // bounds the TLS handshake, too
  Connection connection(socket, rules);
  if (!connection.receive_request(rules.request_s)) return AssociationEnd::no_request;
  T_ASC_Association* const association = connection.association();

  std::string called_title;
  const Caller caller = caller_of(association, host, called_title);
  if (called_title != rules.ae_title) {
    handler.wrong_called_title(caller);
    reject(association, ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED);
    return AssociationEnd::refused;
  }
  switch (handler.admit(caller)) {
    case Admission::unknown_caller:
      reject(association, ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER,
             ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED);
      return AssociationEnd::refused;
    case Admission::busy:
      reject(association, ASC_RESULT_REJECTEDTRANSIENT, ASC_SOURCE_SERVICEPROVIDER_PRESENTATION_RELATED,
             ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED);
      return AssociationEnd::refused;
    case Admission::accepted:
      break;
  }
  // Without a context that suits both, PS3.8 has the association accepted all the same; it then carries nothing.
  accept_contexts(association->params);
  if (ASC_acknowledgeAssociation(association).bad()) return AssociationEnd::aborted;
  return Session(association, rules, handler).serve();
}

}  // namespace voxprior
