#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "io/grid.h"

namespace voxprior {

/// Name of the file in the unfinished folder that --resume goes on from.
inline constexpr const char* kAlignmentRecordName = "alignment.json";

/// The transforms found so far, kept in a file: registration is what takes long. Numbers come back bit for bit, so that
/// a resumed run gives the same dataset. May be used from several threads.
class AlignmentRecord {
 public:
  /// Takes up what the file holds, if there is one. Throws Error(ExitCode::usage) when it was written for another
  /// `fingerprint` (volumes, options, version), Error(ExitCode::input) when it is damaged.
  AlignmentRecord(std::filesystem::path file, std::string fingerprint);

  /// The transform of a volume in a round, if it is known.
  std::optional<Affine> find(int round, std::size_t number) const;

  /// Adds one; writes the file every ten seconds.
  void add(int round, std::size_t number, const Affine& transform);

  void write() const;

 private:
  void write_locked() const;

  std::filesystem::path file_;
  std::string fingerprint_;
  mutable std::mutex mutex_;
  std::map<int, std::map<std::size_t, Affine>> rounds_;
  std::chrono::steady_clock::time_point written_ = std::chrono::steady_clock::now();
};

}  // namespace voxprior
