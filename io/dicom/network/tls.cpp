#include "io/dicom/network/tls.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmtls/tlslayer.h>

#include "base/error.h"
#include "io/dicom/network/dcmtk_network.h"

namespace voxprior {
namespace {

void check(const OFCondition& status, const std::string& file, const char* what) {
  if (status.bad())
    fail(ExitCode::usage, "\"", file, "\": cannot be used as ", what, "; it must be a readable PEM file");
}

}  // namespace

std::unique_ptr<DcmTransportLayer> make_tls_layer(const TlsFiles& files, TlsRole role) {
  prepare_dcmtk_network();
  DcmTLSTransportLayer::initializeOpenSSL();
  auto layer =
      std::make_unique<DcmTLSTransportLayer>(role == TlsRole::caller ? NET_REQUESTOR : NET_ACCEPTOR, nullptr, OFFalse);
  check(layer->setPrivateKeyFile(files.key.c_str(), DCF_Filetype_PEM), files.key, "a private key");
  check(layer->setCertificateFile(files.certificate.c_str(), DCF_Filetype_PEM), files.certificate, "a certificate");
  if (!layer->checkPrivateKeyMatchesCertificate())
    fail(ExitCode::usage, "\"", files.certificate, "\": does not belong to the key \"", files.key, "\"");
  for (const std::string& trusted : files.trusted)
    check(layer->addTrustedCertificateFile(trusted.c_str(), DCF_Filetype_PEM), trusted, "a trusted certificate");
  if (layer->setTLSProfile(TSP_Profile_BCP195).bad() || layer->activateCipherSuites().bad())
    fail(ExitCode::resources, "TLS: this OpenSSL offers none of the cipher suites of BCP 195");
  layer->setCertificateVerification(files.require_peer_certificate ? DCV_requireCertificate : DCV_ignoreCertificate);
  return layer;
}

void check_tls_files(const TlsFiles& files) { make_tls_layer(files, TlsRole::listener); }

}  // namespace voxprior
