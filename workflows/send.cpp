// voxprior send IN AE@HOST:PORT: DICOM files to an archive, by C-STORE.
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <iostream>
#include <set>

#include "base/error.h"
#include "io/dicom/deidentify/deidentify_file.h"
#include "io/dicom/find_files.h"
#include "io/dicom/network/send_instances.h"
#include "workflows/cli/interrupt.h"
#include "workflows/commands.h"
#include "workflows/network/calling.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace po = boost::program_options;
namespace {

const About kAbout{
    "send",
    "send DICOM files to an archive or another DICOM application (C-STORE)",
    "IN is a DICOM file or a folder, searched at any depth; files that are no DICOM are passed over. Every file is "
    "checked\n"
    "before anybody is called. Compressed files are sent as they are; for uncompressed ones the encoding follows what "
    "the\n"
    "receiver takes. If the connection fails, or the receiver has no room, what is left is tried again (--retries), "
    "after\n"
    "1, 2, 4, ... seconds.\n\n"
    "What is sent is sent as it is, patient's data included: see voxprior deidentify.",
    {"DICOM PS3.4, Storage Service Class; PS3.7; PS3.8."}};

/// What is left to send, and what became of the rest.
struct Sending {
  std::vector<InstanceFile> left;
  std::size_t stored = 0;
  std::vector<std::string> refused;
};

/// Checks every file before anything is sent.
std::vector<InstanceFile> instances_in(const std::string& input, std::size_t& passed_over) {
  std::vector<InstanceFile> instances;
  for (const fs::path& file : list_files({input})) {
    if (may_be_dicom_instance(file)) {
      instances.push_back(identify_instance(file));
    } else {
      ++passed_over;
    }
  }
  if (instances.empty()) fail(ExitCode::input, fs::path(input), ": holds no DICOM file");
  return instances;
}

/// One association; what was neither stored nor refused for good is left. Returns why it ended early, if it did.
std::string try_once(const DicomEndpoint& peer, const CallOptions& options, Sending& sending,
                     ProgressDisplay& progress) {
  std::vector<InstanceFile> again;
  std::size_t answered = 0;
  std::string problem;
  try {
    send_instances(peer, options, sending.left, [&](const StoreOutcome& outcome) {
      const InstanceFile& instance = sending.left[outcome.index];
      ++answered;
      if (outcome.stored) {
        ++sending.stored;
      } else if (outcome.may_retry) {
        again.push_back(instance);
        problem = instance.file.string() + ": " + outcome.problem;
      } else {
        sending.refused.push_back(instance.file.string() + ": " + outcome.problem);
      }
      progress.update(static_cast<double>(answered) / static_cast<double>(sending.left.size()));
    });
  } catch (const Error& error) {
    if (error.code() != options.failure) throw;
    problem = error.what();
  }
  again.insert(again.end(), sending.left.begin() + static_cast<std::ptrdiff_t>(answered), sending.left.end());
  sending.left = std::move(again);
  return problem;
}

void wait_before_retry(int attempt) {
  constexpr int longest_s = 60, ticks_per_s = 10;
  const int pause_s = std::min(longest_s, 1 << std::min(attempt, 6));
  for (int tick = 0; tick < pause_s * ticks_per_s; ++tick) {
    check_interrupt();
    ::usleep(1000000 / ticks_per_s);
  }
}

}  // namespace

int send_command(const Invocation& invocation) {
  std::string input, to;
  long long retries = 0;
  CallingChoices calling;

  Arguments arguments;
  arguments.positional("IN", &input, "DICOM file or folder; never changed")
      .positional("AE@HOST:PORT", &to, "the receiver's AE title, host and port, as in ORTHANC@127.0.0.1:4242")
      .option("retries", at_least(0, &retries, "--retries")->value_name("N")->default_value(2),
              "how often to try again what could not be delivered");
  calling.add_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    const DicomEndpoint peer = parse_endpoint("AE@HOST:PORT", to);
    const CallOptions options = calling.options(ExitCode::output);
    progress.stage("checking");
    std::size_t passed_over = 0;
    Sending sending;
    sending.left = instances_in(input, passed_over);
    const std::size_t total = sending.left.size();

    progress.stage("sending");
    std::string problem;
    for (int attempt = 0; !sending.left.empty(); ++attempt) {
      problem = try_once(peer, options, sending, progress);
      if (sending.left.empty() || attempt >= retries) break;
      progress.note("trying again: " + problem);
      wait_before_retry(attempt);
    }
    progress.finish();
    if (passed_over > 0) invocation.out << "passed over " << passed_over << " files that are no DICOM\n";
    for (const std::string& line : sending.refused) invocation.out << "refused: " << line << '\n';
    invocation.out << "stored " << sending.stored << " of " << total << " instances at " << in_words(peer) << '\n';
    if (!sending.left.empty()) fail(ExitCode::output, problem);
    if (sending.stored == 0) fail(ExitCode::output, in_words(peer), ": refused all instances, as listed above");
    if (!sending.refused.empty()) {
      fail(ExitCode::some_failed, in_words(peer), ": refused ", sending.refused.size(), " of ", total,
           " instances, as listed above");
    }
  });
}

}  // namespace voxprior
