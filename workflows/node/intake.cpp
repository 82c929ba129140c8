#include "workflows/node/intake.h"

#include <sys/resource.h>

#include <algorithm>

#include "base/error.h"
#include "io/dicom/input_file.h"
#include "workflows/node/deliveries.h"
#include "workflows/node/rules.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr int kManyAssociations = 4;
constexpr int kNiceWhenMany = 5;  // who has images to send can wait a little then, who knocks at the door cannot

/// Where the data set begins: after preamble, "DICM" and a file meta group that we wrote ourselves (its first element
/// says how long it is), which names the sender and differs though the image is the same.
std::uint64_t begin_of_data_set(const InputFile& file) {
  constexpr std::uint64_t kFirstElement = 132, kValue = 140, kRest = 144;
  unsigned char element[kRest - kFirstElement] = {};
  if (file.read_at(kFirstElement, element, sizeof element) != sizeof element) return 0;
  const unsigned char* const length = element + (kValue - kFirstElement);
  return kRest + (length[0] | length[1] << 8 | length[2] << 16 | static_cast<std::uint64_t>(length[3]) << 24);
}

bool same_image(const fs::path& a, const fs::path& b) {
  const InputFile left(a), right(b);
  std::uint64_t at_left = begin_of_data_set(left), at_right = begin_of_data_set(right);
  if (left.stamp().bytes - at_left != right.stamp().bytes - at_right) return false;
  constexpr std::size_t kChunk = std::size_t{1} << 18;
  std::vector<char> one(kChunk), other(kChunk);
  for (;;) {
    const std::size_t count = left.read_at(at_left, one.data(), kChunk);
    if (right.read_at(at_right, other.data(), kChunk) != count) return false;
    if (!std::equal(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(count), other.begin())) return false;
    if (count == 0) return true;
    at_left += count, at_right += count;
  }
}

void remove_file(const fs::path& file) {
  std::error_code ignored;
  fs::remove(file, ignored);
}

void limit_file_size(std::int64_t mb) {
  const rlim_t bytes = static_cast<rlim_t>(mb) * 1000000;
  const rlimit limit{bytes, bytes};
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

}  // namespace

Intake::Intake(const NodeConfig& config, NodeCounters& counters, ConnectionPlace& place)
    : config_(config), counters_(counters), place_(place), spool_(config), audit_(spool_.audit_file()) {
  limit_file_size(config.largest_instance_mb);
}

Arrivals& Intake::arrivals() {
  if (!arrivals_) arrivals_ = std::make_unique<Arrivals>(spool_.queue_file());
  return *arrivals_;
}

Admission Intake::admit(const Caller& caller) {
  caller_ = caller;
  opened_s_ = now_s();
  const bool known = std::any_of(config_.senders.begin(), config_.senders.end(), [&](const NodeSender& sender) {
    return sender.ae_title == caller.ae_title && sender.hosts.contains(caller.host);
  });
  const Admission answer = !known                       ? Admission::unknown_caller
                           : place_.claim_association() ? Admission::accepted
                                                        : Admission::busy;
  ++(answer == Admission::accepted ? counters_.associations : counters_.associations_refused);
  if (answer != Admission::accepted) tell_refusal(caller, known ? "too many associations" : "calling AE title or host");
  return answer;
}

void Intake::wrong_called_title(const Caller& caller) {
  ++counters_.associations_refused;
  tell_refusal(caller, "called AE title");
}

void Intake::tell_refusal(const Caller& caller, const char* why) {
  const std::string calling = printable_name(caller.ae_title);
  if (!counters_.first_this_minute(calling + caller.host + why)) return;
  audit_.note("association refused", {{"calling", calling}, {"host", caller.host}, {"why", why}});
}

std::uint16_t Intake::refuse(const char* why) {
  ++counters_.instances_refused;
  if (refused_[why]++ == 0) {  // a thousand images give one line
    audit_.note("images refused", {{"calling", printable_name(caller_.ae_title)}, {"why", why}});
  }
  return store_status::not_understood;
}

fs::path Intake::file_for(const StoreRequest&, std::uint16_t& status) {
  if (files_ == 0 && place_.associations() > kManyAssociations) ::setpriority(PRIO_PROCESS, 0, kNiceWhenMany);
  if (!spool_.full()) return spool_.incoming_file(++files_);
  ++counters_.no_room;
  refuse(spool_.is_there() ? "the spool is full" : "the spool is gone");
  status = store_status::no_room;
  return {};
}

void Intake::not_received(const fs::path& file) {
  remove_file(file);
  ++counters_.no_room;
  refuse("not received to its end");
}

std::uint16_t Intake::received(const StoreRequest& request, const fs::path& file) {
  std::uint16_t status = store_status::not_understood;
  try {
    const ReceivedInstance received = read_received(file);
    if (received.sop_instance_uid != request.sop_instance_uid || received.sop_class_uid != request.sop_class_uid) {
      refuse("not the image that was announced");
      status = store_status::not_as_announced;
    } else if (received.written_here) {
      ++counters_.own_results;
      if (refused_["own"]++ == 0) audit_.note("own result ignored", {{"series", hash_of(received.series_uid)}});
      status = store_status::success;
    } else {
      status = keep(received, file);
    }
  } catch (const Error& error) {
    refuse(error.code() == ExitCode::input ? "damaged" : error.what());
    if (error.code() != ExitCode::input) status = store_status::no_room;
  } catch (const fs::filesystem_error&) {
    refuse("the spool cannot be written");
    status = store_status::no_room;
  }
  remove_file(file);  // unless it has its place, and another name, by now
  return status;
}

Intake::OpenSeries& Intake::open_series(const ReceivedInstance& received, const std::string& rule) {
  const std::string key = hash_of(received.series_uid);
  const auto known = series_.find(key);
  if (known != series_.end()) return known->second;
  OpenSeries opened;
  opened.row = arrivals().touch({key, hash_of(received.study_uid), printable_name(caller_.ae_title), caller_.host, rule,
                                 received.expected_instances, opened_s_, hash_of(received.sop_instance_uid)});
  // Nothing is computed of a series of which an association is open.
  opened.unprocessed = opened.row.state == series_state::receiving && !arrivals().has_processed(key);
  return series_.emplace(key, std::move(opened)).first->second;
}

std::uint16_t Intake::keep(const ReceivedInstance& received, const fs::path& file) {
  const NodeRule* const rule = rule_for(config_, caller_, received);
  if (rule == nullptr) return refuse("no rule for such a series");
  OpenSeries& series = open_series(received, rule->name);
  const fs::path folder = spool_.series_folder(series.row.key);
  const std::string name = hash_of(received.sop_instance_uid);
  const fs::path kept = spool_.instance_file(series.row.key, name);
  std::error_code ignored;
  if (fs::exists(kept, ignored)) return keep_once_more(series.row, file, kept);
  if (!series.unprocessed && arrivals().was_processed(series.row.key, name)) {  // and wiped since
    ++counters_.instances_repeated;
    return store_status::success;
  }
  if (series.row.state != series_state::receiving) {
    arrivals().reopen(series.row.id);
    series.row.state = series_state::receiving;
  }
  if (fs::create_directory(folder, ignored) && config_.flush == Flush::to_disk) spool_.flush();
  const auto bytes = static_cast<std::uint64_t>(fs::file_size(file));
  Spool::seal(file, series.row);
  if (!place_file(file, kept, config_.flush)) return keep_once_more(series.row, file, kept);
  ++series.images;
  ++counters_.instances_stored;
  counters_.bytes_stored += bytes;
  // Where many send, the disk has enough to do.
  if (config_.flush == Flush::to_kernel && place_.associations() <= kManyAssociations)
    early_flush_.written(kept, bytes);
  return store_status::success;
}

std::uint16_t Intake::keep_once_more(const QueuedSeries& series, const fs::path& file, const fs::path& kept) {
  if (!Spool::is_sealed(kept, series)) {  // somebody wrote into it since: what we have now is what was meant
    fs::remove(kept);
    Spool::seal(file, series);
    return place_file(file, kept, config_.flush) ? store_status::success : store_status::no_room;
  }
  if (!same_image(file, kept)) return refuse("another image of the same UID is here already");
  ++counters_.instances_repeated;
  return store_status::success;
}

bool Intake::committed(const CommitmentReport& report) {
  const bool known = Deliveries(spool_.queue_file()).commitment(report.transaction_uid, report.failed == 0);
  audit_.note("commitment", {{"by", printable_name(caller_.ae_title)},
                             {"transaction", hash_of(report.transaction_uid)},
                             {"known", known},
                             {"kept", report.committed.size()},
                             {"not kept", report.failed}});
  return known;
}

void Intake::released() {
  note_received();
  place_.association_over();
}

void Intake::note_received() {
  if (series_.empty()) return;
  if (config_.flush == Flush::to_kernel) spool_.flush();
  for (const auto& [key, series] : series_) {
    audit_.write("received", {{"series", key},
                              {"study", series.row.study},
                              {"calling", printable_name(caller_.ae_title)},
                              {"host", caller_.host},
                              {"rule", series.row.rule},
                              {"images", series.images}});
  }
  arrivals().released(opened_s_);
}

}  // namespace voxprior
