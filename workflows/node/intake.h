#pragma once

#include <map>
#include <memory>
#include <string>

#include "io/dicom/network/association.h"
#include "io/dicom/network/listener.h"
#include "io/dicom/network/received_instance.h"
#include "workflows/node/arrivals.h"
#include "workflows/node/audit.h"
#include "workflows/node/config.h"
#include "workflows/node/counters.h"
#include "workflows/node/early_flush.h"
#include "workflows/node/spool.h"

namespace voxprior {

/// What the node does with the images of one association. "Success" is answered only when the image is in the spool
/// and the queue knows of its series; with flush = "instance" both are on the disk by then.
class Intake final : public AssociationHandler {
 public:
  Intake(const NodeConfig& config, NodeCounters& counters, ConnectionPlace& place);

  Admission admit(const Caller& caller) override;
  void wrong_called_title(const Caller& caller) override;
  std::filesystem::path file_for(const StoreRequest& request, std::uint16_t& status) override;
  std::uint16_t received(const StoreRequest& request, const std::filesystem::path& file) override;
  void not_received(const std::filesystem::path& file) override;
  bool committed(const CommitmentReport& report) override;
  void released() override;

 private:
  /// A series of which this association has sent an image.
  struct OpenSeries {
    QueuedSeries row;
    bool unprocessed = false;  ///< none of its images was processed, nor will be while this association lasts
    std::int64_t images = 0;
  };

  std::uint16_t keep(const ReceivedInstance& received, const std::filesystem::path& file);
  std::uint16_t keep_once_more(const QueuedSeries& series, const std::filesystem::path& file,
                               const std::filesystem::path& kept);
  void note_received();
  std::uint16_t refuse(const char* why);
  void tell_refusal(const Caller& caller, const char* why);
  Arrivals& arrivals();
  OpenSeries& open_series(const ReceivedInstance& received, const std::string& rule);

  const NodeConfig& config_;
  NodeCounters& counters_;
  ConnectionPlace& place_;
  Spool spool_;
  EarlyFlush early_flush_{spool_};
  AuditLog audit_;
  std::unique_ptr<Arrivals> arrivals_;  // opened when it is first needed: most connections of a flood never do
  Caller caller_;
  double opened_s_ = 0;
  std::int64_t files_ = 0;
  std::map<std::string, OpenSeries> series_;     // by hash of the SeriesInstanceUID
  std::map<std::string, std::int64_t> refused_;  // how often, by reason: told once, at the end
};

}  // namespace voxprior
