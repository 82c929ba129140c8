#include "workflows/prepare/alignment_record.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/error.h"

namespace voxprior {
namespace {

using nlohmann::json;
constexpr std::chrono::seconds kBetweenWrites{10};

}  // namespace

AlignmentRecord::AlignmentRecord(std::filesystem::path file, std::string fingerprint)
    : file_(std::move(file)), fingerprint_(std::move(fingerprint)) {
  std::ifstream stream(file_, std::ios::binary);
  if (!stream) return;
  try {
    const json record = json::parse(stream);
    if (record.at("fingerprint") != fingerprint_)
      fail(ExitCode::usage, file_, ": is of a run with other volumes or options; give those, or --overwrite");
    for (const json& entry : record.at("transforms"))
      rounds_[entry.at("round").get<int>()][entry.at("number").get<std::size_t>()] =
          entry.at("transform").get<Affine>();
  } catch (const json::exception&) {
    fail(ExitCode::input, file_, ": is damaged; start anew with --overwrite");
  }
}

std::optional<Affine> AlignmentRecord::find(int round, std::size_t number) const {
  const std::lock_guard lock(mutex_);
  const auto found = rounds_.find(round);
  if (found == rounds_.end()) return std::nullopt;
  const auto transform = found->second.find(number);
  return transform == found->second.end() ? std::nullopt : std::optional<Affine>(transform->second);
}

void AlignmentRecord::add(int round, std::size_t number, const Affine& transform) {
  const std::lock_guard lock(mutex_);
  rounds_[round][number] = transform;
  if (std::chrono::steady_clock::now() - written_ < kBetweenWrites) return;
  write_locked();
  written_ = std::chrono::steady_clock::now();
}

void AlignmentRecord::write() const {
  const std::lock_guard lock(mutex_);
  write_locked();
}

void AlignmentRecord::write_locked() const {
  json transforms = json::array();
  for (const auto& [round, volumes] : rounds_)
    for (const auto& [number, transform] : volumes)
      transforms.push_back({{"round", round}, {"number", number}, {"transform", transform}});
  const json record{{"fingerprint", fingerprint_}, {"transforms", std::move(transforms)}};
  write_file(file_, record.dump() + "\n", Overwrite::yes);
}

}  // namespace voxprior
