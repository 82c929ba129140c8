#include "io/dicom/network/retrieve.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "io/dicom/network/association.h"
#include "io/dicom/network/requester.h"
#include "io/dicom/network/storage_classes.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnfinished = ".unfinished";

void request_keys(DcmDataset& keys, const RemoteSeries& series) {
  keys.putAndInsertString(DCM_QueryRetrieveLevel, "SERIES");
  keys.putAndInsertString(DCM_StudyInstanceUID, series.study_uid.c_str());
  keys.putAndInsertString(DCM_SeriesInstanceUID, series.series_uid.c_str());
}

/// The last of the answers to a request, with how many instances failed; all are deleted.
int failures_in(const Requester& call, const OFList<RetrieveResponse*>& responses) {
  int failed = 0;
  bool done = false;
  for (RetrieveResponse* response : responses) {
    failed = std::max<int>(failed, response->m_numberOfFailedSubops);
    done = done || response->m_status == STATUS_Success || (response->m_status & 0xf000) == 0xb000;
    delete response;
  }
  if (!done) call.check(makeOFCondition(OFM_dcmnet, 2, OF_error, "refused"), "the archive does not send the series");
  return failed;
}

/// A C-GET whose instances go to numbered files.
class Getter final : public Requester {
 public:
  Getter(const DicomEndpoint& peer, const CallOptions& options, const fs::path& folder)
      : Requester(peer, options), folder_(folder) {
    setStorageMode(DCMSCU_STORAGE_BIT_PRESERVING);
    setStorageDir(folder.c_str());
  }
  const std::vector<fs::path>& files() const { return files_; }

 protected:
  OFCondition handleSTORERequestFile(T_ASC_PresentationContextID* context, const OFString&,
                                     T_DIMSE_C_StoreRQ* request) override {
    const fs::path file = folder_ / (std::to_string(files_.size() + 1) + ".dcm");  // never a name that came with it
    const OFCondition status = DcmSCU::handleSTORERequestFile(context, file.c_str(), request);
    if (status.good()) files_.push_back(file);
    return status;
  }

 private:
  fs::path folder_;
  std::vector<fs::path> files_;
};

/// Stores what comes in, in a process of its own for each association: names are made of its id.
class MoveReceiver final : public AssociationHandler {
 public:
  MoveReceiver(const fs::path& folder, ConnectionPlace& place) : folder_(folder), place_(place) {}

  Admission admit(const Caller&) override { return place_.claim_association() ? Admission::accepted : Admission::busy; }
  fs::path file_for(const StoreRequest&, std::uint16_t&) override {
    return folder_ / (std::to_string(::getpid()) + "-" + std::to_string(++count_) + kUnfinished);
  }
  std::uint16_t received(const StoreRequest&, const fs::path& file) override {
    std::error_code problem;
    fs::path finished = file;
    fs::rename(file, finished.replace_extension(".dcm"), problem);
    return problem ? store_status::no_room : store_status::success;
  }
  void not_received(const fs::path& file) override {
    std::error_code ignored;
    fs::remove(file, ignored);
  }
  void released() override { place_.association_over(); }

 private:
  fs::path folder_;
  ConnectionPlace& place_;
  int count_ = 0;
};

class AnyHost final : public ListenerEvents {
 public:
  bool may_connect(const std::string&) override { return true; }
};

/// A process that listens until it is told to stop.
class ReceivingProcess {
 public:
  ReceivingProcess(Listener& listener, const std::string& ae_title, const fs::path& folder) {
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ < 0) fail(ExitCode::resources, "no process can be made to receive the series");
    if (process_ == 0) listen(listener, ae_title, folder, parent);
  }
  ~ReceivingProcess() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  ReceivingProcess(const ReceivingProcess&) = delete;
  ReceivingProcess& operator=(const ReceivingProcess&) = delete;

 private:
  [[noreturn]] static void listen(Listener& listener, const std::string& ae_title, const fs::path& folder,
                                  pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    AnyHost events;
    AssociationRules rules;
    rules.ae_title = ae_title;
    try {
      listener.run(
          {}, events,
          [&](int socket, const std::string& host, ConnectionPlace& place) {
            MoveReceiver receiver(folder, place);
            serve_association(socket, host, rules, receiver);
          },
          [] { return true; }, 0);
    } catch (const std::exception&) {
    }
    ::_exit(1);
  }

  pid_t process_ = -1;
};

std::vector<fs::path> finished_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".dcm") files.push_back(entry.path());
  return files;
}

}  // namespace

Retrieved get_series(const DicomEndpoint& peer, const CallOptions& options, const RemoteSeries& series,
                     const fs::path& folder) {
  Getter call(peer, options, folder);
  const std::vector<std::string> native{kInterchangeableSyntaxes.begin(), kInterchangeableSyntaxes.end()};
  call.propose(UID_GETStudyRootQueryRetrieveInformationModel, native);
  for (const std::string& sop_class : volume_storage_classes())
    for (const std::string& syntax : readable_transfer_syntaxes()) call.propose(sop_class, {syntax}, ASC_SC_ROLE_SCP);
  call.open();
  DcmDataset keys;
  request_keys(keys, series);
  OFList<RetrieveResponse*> responses;
  const auto context = call.context(UID_GETStudyRootQueryRetrieveInformationModel);
  if (context == 0) fail(options.failure, in_words(peer), ": does not serve C-GET; use --via move");
  call.check(call.sendCGETRequest(context, &keys, &responses), "the archive did not send the series");
  const int failed = failures_in(call, responses);
  call.close();
  return {call.files(), failed};
}

Retrieved move_series(const DicomEndpoint& peer, const CallOptions& options, const RemoteSeries& series,
                      const fs::path& folder, Listener& listener) {
  const ReceivingProcess receiver(listener, options.calling_title, folder);
  Requester call(peer, options);
  call.propose(UID_MOVEStudyRootQueryRetrieveInformationModel,
               {kInterchangeableSyntaxes.begin(), kInterchangeableSyntaxes.end()});
  call.open();
  DcmDataset keys;
  request_keys(keys, series);
  OFList<RetrieveResponse*> responses;
  const auto context = call.context(UID_MOVEStudyRootQueryRetrieveInformationModel);
  call.check(call.sendMOVERequest(context, options.calling_title.c_str(), &keys, &responses),
             "the archive did not send the series; it must know our AE title, host and port");
  const int failed = failures_in(call, responses);
  call.close();
  return {finished_files(folder), failed};
}

}  // namespace voxprior
