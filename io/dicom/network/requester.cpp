#include "io/dicom/network/requester.h"

#include <dcmtk/dcmnet/dul.h>
#include <dcmtk/dcmtls/tlslayer.h>

#include "base/error.h"
#include "io/dicom/network/dcmtk_network.h"

namespace voxprior {
namespace {

constexpr Uint32 kLargestPdu = 131072;  // the most DCMTK takes; fewer, larger PDUs are quicker

std::string first_line(const OFCondition& status) {
  const std::string text = status.text();
  return text.substr(0, text.find('\n'));
}

}  // namespace

Requester::Requester(const DicomEndpoint& peer, const CallOptions& options) : peer_(peer), failure_(options.failure) {
  prepare_dcmtk_network();
  if (options.tls.given()) tls_ = make_tls_layer(options.tls, TlsRole::caller);
  setAETitle(options.calling_title.c_str());
  setPeerAETitle(peer.ae_title.c_str());
  setPeerHostName(peer.host.c_str());
  setPeerPort(static_cast<Uint16>(peer.port));
  setMaxReceivePDULength(kLargestPdu);
  setConnectionTimeout(options.connect_s);
  setACSETimeout(static_cast<Uint32>(options.negotiate_s));
  setDIMSEBlockingMode(DIMSE_NONBLOCKING);
  setDIMSETimeout(static_cast<Uint32>(options.answer_s));
  setProgressNotificationMode(OFFalse);
}

Requester::~Requester() {
  if (isConnected()) abortAssociation();
  freeNetwork();  // before the TLS layer that it uses
}

void Requester::propose(const std::string& abstract_syntax, const std::vector<std::string>& transfer_syntaxes,
                        T_ASC_SC_ROLE role) {
  OFList<OFString> syntaxes;
  for (const std::string& syntax : transfer_syntaxes) syntaxes.push_back(syntax.c_str());
  if (addPresentationContext(abstract_syntax.c_str(), syntaxes, role).bad())
    fail(ExitCode::bug, "the presentation context ", abstract_syntax, " cannot be proposed");
}

void Requester::open() {
  OFCondition status = initNetwork();
  if (status.good() && tls_) status = useSecureConnection(tls_.get());
  if (status.good()) status = negotiateAssociation();
  if (status.good()) return;
  const std::string who = in_words(peer_);
  if (status == NET_EC_NoAcceptablePresentationContexts)
    fail(failure_, who, ": takes none of the kinds of objects or encodings that were offered");
  fail(failure_, who, ": no association (", first_line(status),
       "); check host, port, both AE titles, TLS, and that the peer knows us");
}

T_ASC_PresentationContextID Requester::context(const std::string& abstract_syntax, const std::string& transfer_syntax) {
  return findPresentationContextID(abstract_syntax.c_str(), transfer_syntax.c_str());
}

std::string Requester::transfer_syntax_of_context(T_ASC_PresentationContextID id) {
  OFString abstract_syntax, transfer_syntax;
  findPresentationContext(id, abstract_syntax, transfer_syntax);
  return transfer_syntax.c_str();
}

void Requester::check(const OFCondition& status, const char* what) const {
  if (status.bad()) fail(failure_, in_words(peer_), ": ", what, " (", first_line(status), "); try again");
}

void Requester::close() {
  if (isConnected()) releaseAssociation();
}

void Requester::abort() {
  if (isConnected()) abortAssociation();
}

}  // namespace voxprior
