#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/scu.h>

#include <memory>
#include <string>
#include <vector>

#include "io/dicom/network/call_options.h"
#include "io/dicom/network/endpoint.h"

// Includes DCMTK: for .cpp files of io/dicom/network alone.

namespace voxprior {

/// An association that we ask for: DCMTK's, with errors that say what to do.
class Requester : public DcmSCU {
 public:
  Requester(const DicomEndpoint& peer, const CallOptions& options);
  ~Requester() override;

  /// Proposes an abstract syntax with these transfer syntaxes.
  void propose(const std::string& abstract_syntax, const std::vector<std::string>& transfer_syntaxes,
               T_ASC_SC_ROLE role = ASC_SC_ROLE_DEFAULT);
  /// Connects and negotiates. Throws Error(options.failure) when nobody answers or the peer refuses.
  void open();
  /// The context that was accepted; 0 if none was.
  T_ASC_PresentationContextID context(const std::string& abstract_syntax, const std::string& transfer_syntax = "");
  /// The transfer syntax that the peer chose for a context.
  std::string transfer_syntax_of_context(T_ASC_PresentationContextID id);
  void close();
  void abort();

  const DicomEndpoint& peer() const { return peer_; }
  /// Throws Error(options.failure) unless `status` is good: what the peer did not do.
  void check(const OFCondition& status, const char* what) const;

 private:
  DicomEndpoint peer_;
  ExitCode failure_;
  std::unique_ptr<DcmTransportLayer> tls_;
};

}  // namespace voxprior
