#include "workflows/batch/finish_case.h"

#include <cmath>

#include "base/error.h"
#include "workflows/batch/write_case.h"
#include "workflows/provenance.h"

namespace voxprior {
namespace {

double rounded(double value) { return std::round(1000 * value) / 1000; }

/// All that a reader needs to judge the result and to make it again; paths are those below IN and OUT.
nlohmann::ordered_json record_of(const CaseInHand& hand) {
  nlohmann::ordered_json record = program_record("batch");
  record["inputs"][hand.one->series ? "series" : "volume"] = {{"path", hand.one->name}, {"sha256", hand.input.sha256}};
  if (hand.one->series) {
    record["inputs"]["series"]["series_uid"] = hand.one->series->series_uid;
    record["inputs"]["series"]["volume"] = hand.one->stack;
  }
  record.update(hand.result.record);
  for (const auto& notices : {hand.result.volume.notices, hand.result.notices}) {
    for (const std::string& notice : notices) record["notices"].push_back(notice);
  }
  return record;
}

/// What the summary shows of a case.
nlohmann::ordered_json facts_of(const CaseInHand& hand, const nlohmann::ordered_json& record, const CaseFiles& files) {
  nlohmann::ordered_json facts = hand.result.facts;
  facts["clipped_voxels"] = files.clipped_voxels;
  facts["seconds"] = rounded(hand.seconds);
  facts["notices"] = record.value("notices", nlohmann::ordered_json::array());
  for (const std::string& notice : files.notices) facts["notices"].push_back(notice);
  return facts;
}

std::string in_words(const CaseInHand& hand, const nlohmann::ordered_json& facts) {
  std::string line = hand.one->label + ": wrote " + hand.one->output.string();
  if (!hand.result.told.empty()) line += ", " + hand.result.told;
  for (const auto& notice : facts["notices"]) line += "; notice: " + notice.get<std::string>();
  return line;
}

}  // namespace

std::string finish_case(CaseInHand& hand, const BatchPlan& plan, const CaseStore& store) {
  const BatchCase& one = *hand.one;
  if (!still_in_state(hand.input, one.files)) {
    fail(ExitCode::input, one.files.front(), ": changed while it was worked on; run the batch again");
  }
  const nlohmann::ordered_json record = record_of(hand);
  const CaseFiles files = write_case(one, plan.target, hand.result, record);

  DoneCase done;
  done.settings = plan.settings;
  done.input = hand.input;
  done.files = files.paths;
  std::vector<std::filesystem::path> outputs;
  for (const auto& path : files.paths) outputs.push_back(plan.target.out / path);
  done.written = {stamp_of(outputs), sha256_of_files(outputs)};
  done.facts = facts_of(hand, record, files);
  store.put(one.name, marker_of(one, done));
  hand.lock->done();
  return in_words(hand, done.facts);
}

void note_failure(CaseInHand& hand, const CaseStore& store) {
  nlohmann::ordered_json marker = marker_of(*hand.one, *hand.failure);
  const auto before = store.marker(hand.one->name);
  if (before && before->contains("files")) marker["files"] = (*before)["files"];  // still ours
  store.put(hand.one->name, marker);
  if (!hand.lock) return;
  hand.lock->survived();
  if (!hand.lock->was_left()) hand.lock->done();
}

}  // namespace voxprior
