#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/dicom/network/tls.h"

namespace voxprior {

/// Who asks for an association.
struct Caller {
  std::string ae_title, host;
};

/// What a sender announces before the data of an instance (C-STORE, PS3.7 9.1.1).
struct StoreRequest {
  std::string sop_class_uid, sop_instance_uid;
};

/// Statuses of a C-STORE response (PS3.4 B.2.3, PS3.7 annex C).
namespace store_status {
inline constexpr std::uint16_t success = 0x0000, no_room = 0xa700, not_as_announced = 0xa900, not_understood = 0xc000;
}

/// What an archive says of a request to keep instances (Storage Commitment Push Model, PS3.4 J).
struct CommitmentReport {
  std::string transaction_uid;
  std::vector<std::string> committed;  ///< SOP instance UIDs
  std::size_t failed = 0;
};

enum class Admission { accepted, unknown_caller, busy };

/// What becomes of the requests of one association. Calls come from one thread.
class AssociationHandler {
 public:
  virtual ~AssociationHandler() = default;

  /// Asked once, before anything else.
  virtual Admission admit(const Caller& caller) = 0;
  /// The called AE title was not ours.
  virtual void wrong_called_title(const Caller&) {}
  /// A file to receive the instance into, or an empty path to refuse it with `status`; its data are then discarded.
  virtual std::filesystem::path file_for(const StoreRequest& request, std::uint16_t& status) = 0;
  /// The file is complete, but not yet on the disk for good: what is returned is the answer to the sender.
  virtual std::uint16_t received(const StoreRequest& request, const std::filesystem::path& file) = 0;
  /// The file is not complete: the connection broke, or the disk is full.
  virtual void not_received(const std::filesystem::path& file) = 0;
  /// An archive reports on what it keeps; false: nobody asked it.
  virtual bool committed(const CommitmentReport&) { return false; }
  /// The sender wants to end the association as it should; called before that is acknowledged.
  virtual void released() {}
};

struct AssociationRules {
  std::string ae_title;  ///< ours; others are refused
  TlsFiles tls;          ///< encrypted, if a certificate is given
  int request_s = 5;     ///< until the request for an association has arrived
  int idle_s = 30;       ///< between two messages
  int instance_s = 300;  ///< for the data of one instance
};

enum class AssociationEnd { released, aborted, refused, no_request };

/// Serves one association on a connected socket: C-ECHO, C-STORE of volumes in every transfer syntax that is read, and
/// reports of storage commitment. The data of an instance go to its file as they come, unparsed. For a process that was
/// made for it: a peer that keeps us waiting longer than the rules say ends the process by SIGALRM, whatever it is
/// doing.
AssociationEnd serve_association(int socket, const std::string& host, const AssociationRules& rules,
                                 AssociationHandler& handler);

}  // namespace voxprior
