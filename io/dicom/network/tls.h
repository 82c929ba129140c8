#pragma once

#include <memory>
#include <string>
#include <vector>

class DcmTransportLayer;

namespace voxprior {

/// Who we are and whom we trust on encrypted connections (DICOM PS3.15 B.9, BCP 195): PEM files.
struct TlsFiles {
  std::string key;                   ///< our private key, not encrypted
  std::string certificate;           ///< ours, matching the key
  std::vector<std::string> trusted;  ///< of authorities or of single peers
  bool require_peer_certificate = true;

  bool given() const { return !certificate.empty(); }
};

enum class TlsRole { caller, listener };

/// The layer that DCMTK encrypts with. Throws Error(ExitCode::usage) that names the file which cannot be used.
std::unique_ptr<DcmTransportLayer> make_tls_layer(const TlsFiles& files, TlsRole role);

/// The same, to know before anybody calls.
void check_tls_files(const TlsFiles& files);

}  // namespace voxprior
