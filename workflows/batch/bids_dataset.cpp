#include "workflows/batch/bids_dataset.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/version.h"
#include "io/volume_file.h"
#include "workflows/batch/bids_sidecar.h"
#include "workflows/provenance.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr const char* kDescriptionFile = "dataset_description.json";
constexpr const char* kBidsVersion = "1.10.0";

/// Folders PREFIX-LABEL in `folder`, by label.
std::map<std::string, fs::path> labelled_folders(const fs::path& folder, const std::string& prefix) {
  std::map<std::string, fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && name.compare(0, prefix.size(), prefix) == 0)
      found[name.substr(prefix.size())] = entry.path();
  }
  return found;
}

std::string bare(const std::string& label, const std::string& prefix) {
  return label.compare(0, prefix.size(), prefix) == 0 ? label.substr(prefix.size()) : label;
}

/// Those of `folders` that were asked for; all when none was. `seen` collects what was found of the wanted.
std::vector<fs::path> chosen(const std::map<std::string, fs::path>& folders, const std::vector<std::string>& wanted,
                             const std::string& prefix, std::set<std::string>& seen) {
  std::vector<fs::path> paths;
  for (const auto& [label, path] : folders) {
    const bool asked_for = std::any_of(wanted.begin(), wanted.end(),
                                       [&, &name = label](const auto& one) { return bare(one, prefix) == name; });
    if (asked_for) seen.insert(label);
    if (asked_for || wanted.empty()) paths.push_back(path);
  }
  return paths;
}

void refuse_unseen(const fs::path& dataset, const std::vector<std::string>& wanted, const std::string& prefix,
                   const std::set<std::string>& seen, const char* option) {
  for (const std::string& label : wanted) {
    if (seen.count(bare(label, prefix)) == 0)
      fail(ExitCode::usage, option, ": no ", prefix, bare(label, prefix), " in ", dataset, "; check the label");
  }
}

/// The folders that hold the data types of a participant: its own or, if it has any, those of its sessions.
std::vector<fs::path> folders_of(const fs::path& participant, const BidsSelection& selection,
                                 std::set<std::string>& seen) {
  const auto sessions = labelled_folders(participant, "ses-");
  if (!sessions.empty()) return chosen(sessions, selection.sessions, "ses-", seen);
  if (!selection.sessions.empty()) return {};
  return {participant};
}

class Walk {
 public:
  Walk(const fs::path& dataset, const BidsFilter& filter, bool raw, const std::string& description)
      : dataset_(dataset), filter_(filter), raw_(raw), description_(description) {}

  /// The folders of data types below `folder`.
  void add(const fs::path& folder) {
    for (const auto& datatype : fs::directory_iterator(folder)) {
      if (!datatype.is_directory()) continue;
      for (const auto& entry : fs::directory_iterator(datatype.path()))
        add_file(entry, datatype.path().filename().string());
    }
  }

  BatchInput finish() {
    std::sort(input_.cases.begin(), input_.cases.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    std::string others;
    std::size_t count = 0;
    for (const auto& [suffix, number] : passed_over_) {
      others += (others.empty() ? "" : ", ") + std::to_string(number) + " " + suffix;
      count += number;
    }
    if (count > 0) {
      input_.notices.push_back(std::to_string(count) + " images in anat/ are not taken (" + others +
                               "): --model mri-any takes other contrasts than T1w, --bids-filter-file what it says");
    }
    input_.layout = BatchLayout::bids;
    return std::move(input_);
  }

 private:
  void add_file(const fs::directory_entry& entry, const std::string& datatype) {
    std::error_code ignored;
    const auto name = parse_bids_name(entry.path().filename().string());
    if (!name || volume_ending(entry.path()) != name->extension || entry.is_directory(ignored)) return;
    if (!filter_.takes(*name, datatype)) {
      if (datatype == "anat") ++passed_over_[name->suffix];
      return;
    }
    const fs::path relative = entry.path().lexically_relative(dataset_);
    BatchCase one;
    one.name = one.label = relative.string();
    one.files = {entry.path()};
    one.output = relative.parent_path() / derivative_name(*name, description_).text();
    one.sidecar = derivative_metadata(bids_metadata(dataset_, entry.path(), *name), one.name, raw_);
    input_.cases.push_back(std::move(one));
  }

  fs::path dataset_;
  const BidsFilter& filter_;
  bool raw_;
  std::string description_;
  BatchInput input_;
  std::map<std::string, std::size_t> passed_over_;  // by suffix
};

/// Where the dataset is, as DatasetLinks says it: from the derivatives if they lie within it.
std::string link_to(const fs::path& dataset, const fs::path& out) {
  const fs::path to = fs::weakly_canonical(dataset), from = fs::weakly_canonical(out);
  const fs::path inner = from.lexically_relative(to);
  const bool within = !inner.empty() && *inner.begin() != "..";
  return within ? to.lexically_relative(from).string() : "file://" + to.string();
}

void write_unless_same(const fs::path& path, const std::string& text) {
  std::ifstream file(path, std::ios::binary);
  const std::string there((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file.is_open() || there != text) write_file(path, text, Overwrite::yes);
}

/// One that a user wrote in its place stays.
void write_readme(const fs::path& out, const TaskFacts& task) {
  std::error_code ignored;
  for (const char* name : {"README", "README.md", "README.rst", "README.txt"}) {
    if (fs::exists(out / name, ignored)) return;
  }
  write_file(
      out / "README.md",
      "# " + task.readme_title +
          "\nMade by voxprior from the dataset that `dataset_description.json` links to as `raw`. Research use only: "
          "not a medical device, not for diagnosis.\n\n"
          "- `*_desc-" +
          task.description + "_*` " + task.readme_results +
          "\n"
          "- `summary.tsv` lists all scans, those to look at first at the top; `failures.tsv`, if there is one, "
          "those that failed and why.\n",
      Overwrite::no);
}

}  // namespace

bool is_bids_dataset(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / kDescriptionFile, ignored);
}

nlohmann::ordered_json dataset_description(const fs::path& dataset) {
  std::ifstream file(dataset / kDescriptionFile);
  const auto description = nlohmann::ordered_json::parse(file, nullptr, false);
  if (!description.is_object()) fail(ExitCode::input, dataset / kDescriptionFile, ": is no JSON object; repair it");
  return description;
}

BatchInput bids_cases(const fs::path& dataset, const BidsSelection& selection, const BidsFilter& filter,
                      const TaskFacts& task) {
  const bool raw = dataset_description(dataset).value("DatasetType", "raw") == "raw";
  Walk walk(dataset, filter, raw, task.description);
  std::set<std::string> participants, sessions;
  for (const fs::path& participant :
       chosen(labelled_folders(dataset, "sub-"), selection.participants, "sub-", participants)) {
    for (const fs::path& folder : folders_of(participant, selection, sessions)) walk.add(folder);
  }
  refuse_unseen(dataset, selection.participants, "sub-", participants, "--participant-label");
  refuse_unseen(dataset, selection.sessions, "ses-", sessions, "--session-label");
  return walk.finish();
}

void write_derivative_dataset(const fs::path& out, const fs::path& dataset, const TaskFacts& task) {
  const nlohmann::ordered_json source = dataset_description(dataset);
  nlohmann::ordered_json description = {
      {"Name", task.dataset_name},
      {"BIDSVersion", kBidsVersion},
      {"DatasetType", "derivative"},
      {"GeneratedBy", {{{"Name", "voxprior"}, {"Version", version()}, {"Description", task.generated_by}}}},
      {"DatasetLinks", {{"raw", link_to(dataset, out)}}}};
  if (source.contains("License")) description["License"] = source["License"];
  if (source.contains("DatasetDOI")) description["SourceDatasets"] = {{{"DOI", source["DatasetDOI"]}}};
  write_unless_same(out / kDescriptionFile, json_text(description));
  write_unless_same(out / "descriptions.tsv",
                    "desc_id\tdescription\n" + task.description + "\t" + task.described_as + "\n");
  write_unless_same(out / ".bidsignore", "failures.tsv\nsummary.tsv\nsummary.json\n");
  write_readme(out, task);
}

}  // namespace voxprior
