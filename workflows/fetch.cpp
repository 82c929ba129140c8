// voxprior fetch AE@HOST:PORT OUT: series from an archive, by C-FIND and C-GET or C-MOVE.
#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdio>
#include <iostream>

#include "base/error.h"
#include "io/dicom/network/retrieve.h"
#include "io/dicom/network/send_instances.h"
#include "io/dicom/write/series_folder.h"
#include "workflows/commands.h"
#include "workflows/dicom_output.h"
#include "workflows/network/calling.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace po = boost::program_options;
namespace {

const About kAbout{
    "fetch",
    "fetch DICOM series from an archive (C-FIND, then C-GET or C-MOVE)",
    "Asks the archive for series by UID or by any attributes (--match), and fetches each into a folder of its own: "
    "OUT/series-001/0001.dcm, ...\n"
    "Every file is checked before it gets its final name; a folder appears whole or not at all: with all instances "
    "that the\n"
    "archive says the series has. --list fetches nothing and prints what matches.\n\n"
    "With --via get files come over the same connection. With --via move the archive calls back: it must know our AE "
    "title\n"
    "(--as), this host and --port. Only MR and CT images are fetched.",
    {"DICOM PS3.4, Query/Retrieve Service Class."}};

struct Fetch {
  DicomEndpoint peer;
  CallOptions options;
  fs::path output;
  Overwrite overwrite = Overwrite::no;
  Listener* listener = nullptr;  ///< C-MOVE to it; null: C-GET
};

SeriesQuery query_of(const std::string& study, const std::string& series, const std::vector<std::string>& matches) {
  SeriesQuery query;
  for (const std::string& match : matches) {
    const std::size_t equals = match.find('=');
    if (equals == 0 || equals == std::string::npos)
      fail(ExitCode::usage, "--match: '", match, "' is not of the form Keyword=Value, as in PatientID=1234");
    query[match.substr(0, equals)] = match.substr(equals + 1);
  }
  if (!study.empty()) query["StudyInstanceUID"] = study;
  if (!series.empty()) query["SeriesInstanceUID"] = series;
  if (query.empty()) fail(ExitCode::usage, "say which series: --study, --series or --match; see --help");
  return query;
}

void print_list(std::ostream& out, const std::vector<RemoteSeries>& found) {
  for (const RemoteSeries& series : found) {
    out << series.series_uid << "  " << (series.modality.empty() ? "?" : series.modality) << "  series "
        << series.number << "  ";
    if (series.instances >= 0) out << series.instances << " instances  ";
    out << series.description << "\n  of study " << series.study_uid << '\n';
  }
}

/// A folder beside OUT for files that are not checked yet; gone when this is.
class Incoming {
 public:
  explicit Incoming(const fs::path& output) {
    std::string name = (output / ".incoming-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) fail(ExitCode::output, output, ": cannot make a folder in it");
    path_ = name;
  }
  ~Incoming() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// The files checked (identify_instance walks them), each instance once, in an order that repeats.
std::vector<InstanceFile> checked(const Retrieved& retrieved) {
  std::vector<InstanceFile> instances;
  for (const fs::path& file : retrieved.files) instances.push_back(identify_instance(file));
  std::sort(instances.begin(), instances.end(),
            [](const InstanceFile& a, const InstanceFile& b) { return a.sop_instance_uid < b.sop_instance_uid; });
  const auto last = std::unique(instances.begin(), instances.end(), [](const InstanceFile& a, const InstanceFile& b) {
    return a.sop_instance_uid == b.sop_instance_uid;
  });
  instances.erase(last, instances.end());
  return instances;
}

std::size_t fetch_one(const Fetch& fetch, const RemoteSeries& series, const fs::path& folder) {
  const Incoming incoming(fetch.output);
  const Retrieved retrieved = fetch.listener == nullptr
                                  ? get_series(fetch.peer, fetch.options, series, incoming.path())
                                  : move_series(fetch.peer, fetch.options, series, incoming.path(), *fetch.listener);
  const std::vector<InstanceFile> instances = checked(retrieved);
  const auto expected = static_cast<std::size_t>(std::max<std::int64_t>(series.instances, 0));
  if (instances.empty() || retrieved.failed > 0 || instances.size() < expected) {
    fail(ExitCode::input, in_words(fetch.peer), ": sent ", instances.size(), " instances of series ", series.number,
         expected > 0 ? " instead of " + std::to_string(expected) : std::string(), "; try again, or with --via ",
         fetch.listener == nullptr ? "move" : "get");
  }
  SeriesFolder out(folder, fetch.overwrite);
  for (const InstanceFile& instance : instances) out.add_copy(instance.file);
  out.commit();
  return instances.size();
}

fs::path folder_name(const fs::path& output, std::size_t index) {
  char name[32];
  std::snprintf(name, sizeof name, "series-%03zu", index + 1);
  return output / name;
}

bool can_be_fetched(const RemoteSeries& series) { return series.modality == "MR" || series.modality == "CT"; }

/// One series that cannot be fetched does not keep the others from it; a disk that is full does.
void fetch_all(const Fetch& fetch, const std::vector<RemoteSeries>& found, std::ostream& out,
               ProgressDisplay& progress) {
  std::size_t done = 0, failed = 0;
  for (std::size_t n = 0; n < found.size(); ++n) {
    if (!can_be_fetched(found[n])) {
      out << "series " << found[n].number << ": skipped: neither MR nor CT\n";
      continue;
    }
    progress.stage("series " + std::to_string(found[n].number));
    const fs::path folder = folder_name(fetch.output, n);
    try {
      const std::size_t count = fetch_one(fetch, found[n], folder);
      progress.finish();
      out << "series " << found[n].number << ": wrote " << count << " instances to " << folder.string() << '\n';
      ++done;
    } catch (const Error& error) {
      if (error.code() != ExitCode::input) throw;
      progress.finish();
      out << "series " << found[n].number << ": failed: " << error.what() << '\n';
      ++failed;
    }
  }
  if (done == 0) fail(ExitCode::input, in_words(fetch.peer), ": nothing was fetched, for the reasons listed above");
  if (failed > 0) fail(ExitCode::some_failed, failed, " of ", done + failed, " series failed, as listed above");
}

void make_folder(const fs::path& output) {
  std::error_code problem;
  fs::create_directory(output, problem);
  if (problem) fail(ExitCode::output, output, ": cannot create this folder: ", problem.message());
}

}  // namespace

int fetch_command(const Invocation& invocation) {
  std::string from, output, study, series, via, address;
  std::vector<std::string> matches;
  long long port = 11113;
  bool list = false, overwrite = false;
  CallingChoices calling;

  Arguments arguments;
  arguments.positional("AE@HOST:PORT", &from, "the archive's AE title, host and port, as in ORTHANC@127.0.0.1:4242")
      .positional("OUT", &output, "folder for the series; made unless it is there")
      .option("study", po::value(&study)->value_name("UID"), "StudyInstanceUID")
      .option("series", po::value(&series)->value_name("UID"), "SeriesInstanceUID")
      .option("match", po::value(&matches)->value_name("KEYWORD=VALUE"),
              "an attribute that must match, as in Modality=MR, StudyDate=20240101-20240131 or SeriesDescription=*T1*; "
              "may be repeated")
      .flag("list", &list, "print the series that match and fetch nothing")
      .option("via", choice(&via, "--via", {"get", "move"}), "have the files sent over the same connection, or anew")
      .option("address", po::value(&address)->value_name("ADDRESS")->default_value("127.0.0.1"),
              "with --via move: our own address to listen on; 0.0.0.0: all")
      .option("port", at_least(1, &port, "--port")->value_name("PORT")->default_value(11113),
              "with --via move: our port, as the archive knows it")
      .flag("overwrite", &overwrite, "replace series folders that exist");
  calling.add_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    Fetch fetch{parse_endpoint("AE@HOST:PORT", from), calling.options(ExitCode::input), output,
                overwrite ? Overwrite::yes : Overwrite::no};
    const SeriesQuery query = query_of(study, series, matches);
    progress.stage("asking");
    const std::vector<RemoteSeries> found = query_series(fetch.peer, fetch.options, query);
    progress.finish();
    if (found.empty()) fail(ExitCode::input, in_words(fetch.peer), ": has no series that matches");
    if (list) return print_list(invocation.out, found);

    make_folder(fetch.output);
    std::unique_ptr<Listener> listener;
    if (via == "move") listener = std::make_unique<Listener>(address, static_cast<int>(port));
    fetch.listener = listener.get();
    fetch_all(fetch, found, invocation.out, progress);
  });
}

}  // namespace voxprior
