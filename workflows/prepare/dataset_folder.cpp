#include "workflows/prepare/dataset_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "models/training/dataset_index.h"
#include "workflows/prepare/alignment_record.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

fs::path with_suffix(fs::path folder, const char* suffix) { return folder += suffix; }

/// Refuses to replace anything but a dataset.
void check_replaceable(const fs::path& out, bool overwrite) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(out, ignored))) return;
  if (!fs::is_directory(out, ignored)) fail(ExitCode::output, out, ": exists and is no folder; choose another name");
  if (fs::is_empty(out, ignored)) return;
  if (!fs::exists(out / kDatasetIndexName))
    fail(ExitCode::output, out, ": exists and is no prepared dataset; choose another name");
  if (!overwrite) fail(ExitCode::output, out, ": exists; choose another name or use --overwrite");
}

void check_parent(const fs::path& out) {
  const fs::path parent = out.has_parent_path() ? out.parent_path() : fs::path(".");
  std::error_code ignored;
  if (!fs::is_directory(parent, ignored))
    fail(ExitCode::output, out, ": folder ", parent, " does not exist; create it first");
  if (access(parent.c_str(), W_OK | X_OK) != 0)
    fail(ExitCode::output, out, ": its folder is not writable; choose another place");
}

/// A name in a folder is on the disk only when the folder is.
void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

/// What an earlier run wrote after its alignment is written again.
void keep_only_alignment(const fs::path& partial) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(partial, ignored))
    if (entry.path().filename() != kAlignmentRecordName) fs::remove(entry.path(), ignored);
}

}  // namespace

DatasetFolder::DatasetFolder(fs::path out, bool overwrite, bool resume)
    : out_(std::move(out)), partial_(with_suffix(out_, ".partial")) {
  check_replaceable(out_, overwrite);
  check_parent(out_);
  std::error_code problem;
  if (fs::exists(partial_) && !resume) {
    if (!overwrite)
      fail(ExitCode::output, partial_,
           ": is left of a run that did not end; go on with --resume or start anew with --overwrite");
    fs::remove_all(partial_, problem);
  }
  kept_ = resume && fs::exists(partial_);
  fs::create_directory(partial_, problem);
  keep_only_alignment(partial_);
  if (!fs::is_directory(partial_)) fail(ExitCode::output, partial_, ": cannot be made: ", problem.message());
}

DatasetFolder::~DatasetFolder() {
  std::error_code ignored;
  if (!kept_) fs::remove_all(partial_, ignored);
}

void DatasetFolder::finish() {
  const fs::path replaced = with_suffix(out_, ".replaced");
  std::error_code problem;
  const bool replaces = fs::exists(out_);
  if (replaces) fs::rename(out_, replaced, problem);
  if (!problem) fs::rename(partial_, out_, problem);
  if (problem) fail(ExitCode::output, out_, ": cannot be given its name: ", problem.message());
  kept_ = true;
  if (replaces) fs::remove_all(replaced, problem);
  sync_folder(out_.parent_path());
}

}  // namespace voxprior
