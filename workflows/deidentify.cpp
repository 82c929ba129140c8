// voxprior deidentify IN OUT: copies of DICOM files without what identifies the patient.
#include <boost/program_options.hpp>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "io/dicom/deidentify/deidentify_file.h"
#include "io/dicom/find_files.h"
#include "workflows/commands.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace po = boost::program_options;
namespace {

constexpr const char* kNotDone =
    "Not done: no text is looked for in the pixels (no OCR), faces are not removed from head scans (no defacing), and\n"
    "names that stand nowhere else in a file are not found in the text that stays. Look at the result before you share "
    "it.";

const About kAbout{
    "deidentify",
    "copy DICOM files without what identifies the patient",
    std::string(
        "Applies the Basic Application Level Confidentiality Profile of DICOM PS3.15 Annex E, edition 2024b: names, "
        "ids,\n"
        "dates, descriptions, private attributes, overlays and the rest of its table are removed or replaced, UIDs "
        "and\n"
        "patients get pseudonyms that are the same in every file of the run. IN is a file or a folder, searched at "
        "any\n"
        "depth; OUT is a new folder, its files named by hashes. Pixels stay as they are, compressed or not.\n\n"
        "Pseudonyms are hashes under a secret key. Without --key it is drawn at random and forgotten: nobody can go "
        "back,\n"
        "and another run gives other pseudonyms.\n\n") +
        kNotDone,
    {"DICOM PS3.15 2024b, Security and System Management Profiles, Annex E."}};

struct Choices {
  std::string input, output, shift_dates, key_file, new_key_file;
  DeidentifyOptions options;
};

/// What became of the files.
struct Tally {
  std::vector<fs::path> skipped;  ///< no DICOM
  std::vector<std::string> refused;
  std::vector<std::string> warnings;
  std::set<std::string> patients;
  std::size_t written = 0;
};

void parse_shift(Choices& choices) {
  if (choices.shift_dates.empty()) return;
  choices.options.dates = DeidentifyOptions::Dates::shift;
  if (choices.shift_dates == "auto") return;
  std::size_t used = 0;
  int days = 0;
  try {
    days = std::stoi(choices.shift_dates, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != choices.shift_dates.size() || days == 0)
    fail(ExitCode::usage, "--shift-dates: '", choices.shift_dates,
         "' is neither auto nor a number of days other than 0");
  choices.options.shift_days = days;
}

SecretKey key_of(const Choices& choices) {
  if (!choices.key_file.empty() && !choices.new_key_file.empty())
    fail(ExitCode::usage, "--key and --new-key exclude each other; --new-key makes a key and uses it");
  if (!choices.key_file.empty()) return read_key(choices.key_file);
  const SecretKey key = random_key();
  if (!choices.new_key_file.empty()) write_key(choices.new_key_file, key);
  return key;
}

void check_output(const fs::path& out) {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(out, ignored))) fail(ExitCode::output, out, ": exists; name a new folder");
}

void make_output(const fs::path& out) {
  std::error_code problem;
  fs::create_directory(out, problem);
  if (problem) fail(ExitCode::output, out, ": cannot be created: ", problem.message());
}

void take(const fs::path& file, const Choices& choices, const Pseudonyms& pseudonyms, Tally& tally) {
  if (!may_be_dicom_instance(file)) return tally.skipped.push_back(file);
  try {
    const DeidentifiedFile done = deidentify_file(file, choices.output, choices.options, pseudonyms);
    ++tally.written;
    tally.patients.insert(done.patient);
    if (!done.warning.empty()) tally.warnings.push_back(done.path.string() + ": " + done.warning);
  } catch (const Error& error) {
    if (error.code() != ExitCode::input) throw;
    tally.refused.push_back(error.what());
  }
}

template <typename Entries>
void print_list(std::ostream& out, const char* title, const Entries& entries) {
  if (entries.empty()) return;
  out << entries.size() << ' ' << title << '\n';
  for (const auto& entry : entries) out << "  " << entry << '\n';
}

void report(std::ostream& out, const Choices& choices, const Tally& tally) {
  print_list(out, "skipped, no DICOM image file:", tally.skipped);
  print_list(out, "refused:", tally.refused);
  print_list(out, "written whose pixels may show identifying text; look at them:", tally.warnings);
  if (choices.key_file.empty() && choices.new_key_file.empty()) out << "the key was drawn at random and is forgotten\n";
  out << kNotDone << '\n';
  if (tally.written > 0) {
    out << "wrote " << tally.written << " files of " << tally.patients.size() << " patients to "
        << fs::path(choices.output) << '\n';
  }
}

void check_success(const Choices& choices, const Tally& tally) {
  if (tally.written == 0) {
    std::error_code ignored;
    fs::remove_all(choices.output, ignored);  // ours, and without a file
    if (tally.refused.size() == 1) fail(ExitCode::input, tally.refused.front());
    if (tally.refused.empty()) fail(ExitCode::input, fs::path(choices.input), ": holds no DICOM file");
    fail(ExitCode::input, fs::path(choices.input), ": all ", tally.refused.size(),
         " files were refused, as listed above");
  }
  if (!tally.refused.empty()) {
    fail(ExitCode::some_failed, tally.refused.size(), " of ", tally.refused.size() + tally.written,
         " files were refused, as listed above");
  }
}

}  // namespace

int deidentify_command(const Invocation& invocation) {
  Choices choices;
  DeidentifyOptions& options = choices.options;

  Arguments arguments;
  arguments.positional("IN", &choices.input, "DICOM file or folder; never changed")
      .positional("OUT", &choices.output, "new folder for the copies")
      .flag("retain-uids", &options.retain_uids, "keep all UIDs (Retain UIDs Option); they lead back to the originals")
      .option(
          "shift-dates", po::value(&choices.shift_dates)->value_name("DAYS|auto"),
          "keep dates, moved by DAYS or by 30 to 3,679 days into the past, one offset a patient (Retain Longitudinal "
          "Temporal Information with Modified Dates Option); without it they are removed")
      .flag("clean-descriptors", &options.clean_descriptors,
            "keep descriptions, without words that occur as a name, id, date or institution in the same file (Clean "
            "Descriptors Option); without it they are removed")
      .option("key", po::value(&choices.key_file)->value_name("FILE"),
              "secret key of an earlier run (64 hexadecimal digits): the same pseudonyms again")
      .option("new-key", po::value(&choices.new_key_file)->value_name("FILE"),
              "draw a key, use it and store it in FILE, which only you may read")
      .flag("accept-burned-in", &options.accept_burned_in,
            "copy images whose pixels may show identifying text, too, and list them")
      .with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    parse_shift(choices);
    check_output(choices.output);
    const std::vector<fs::path> files = list_files({choices.input});
    const Pseudonyms pseudonyms(key_of(choices));
    make_output(choices.output);

    Tally tally;
    progress.stage("de-identifying");
    for (std::size_t i = 0; i < files.size(); ++i) {
      take(files[i], choices, pseudonyms, tally);
      progress.update(static_cast<double>(i + 1) / static_cast<double>(files.size()));
    }
    progress.finish();
    report(invocation.out, choices, tally);
    check_success(choices, tally);
  });
}

}  // namespace voxprior
