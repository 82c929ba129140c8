#include "workflows/node/completeness.h"

#include <algorithm>

#include "io/dicom/find_series.h"

namespace voxprior {
namespace {

/// Why the series is not complete; empty when nothing speaks against it.
std::string objection(const QueuedSeries& series, const Reception& reception) {
  if (reception.images == 0) return "no image was kept";
  if (series.cut_off_s > 0) return "the association was aborted, and the images were not sent again";
  if (reception.power_failed) return "the power failed, and images that were acknowledged are lost: send all again";
  if (series.expected > reception.images) {
    return std::to_string(reception.images) + " of " + std::to_string(series.expected) + " images came";
  }
  if (series.expected > 0 || reception.volumes == VolumeCheck::whole) return "";
  if (reception.volumes == VolumeCheck::gaps) return "the slices are not equally spaced, some may be missing";
  return "the images make no volume";
}

}  // namespace

VolumeCheck check_volumes(const std::filesystem::path& folder) {
  const DicomSurvey survey = survey_dicom({folder});
  if (!survey.unreadable.empty() || survey.series.size() != 1) return VolumeCheck::no_volume;
  const DicomSeries& series = survey.series.front();
  if (!series.readable || series.stacks.empty()) return VolumeCheck::no_volume;
  const bool gaps = std::any_of(series.stacks.begin(), series.stacks.end(),
                                [](const DicomStack& stack) { return !stack.gaps_mm.empty(); });
  return gaps ? VolumeCheck::gaps : VolumeCheck::whole;
}

Next next_step(const QueuedSeries& series, const Reception& reception, const NodeConfig& config, double now_s,
               std::string& why) {
  const bool counted = series.expected > 0 && reception.images >= series.expected && series.cut_off_s == 0;
  const double quiet_s = now_s - std::max(reception.last_image_s, series.state_s);
  if (!counted && quiet_s < config.settle_s) return Next::wait;
  const bool volumes_decide = reception.images > 0 && series.cut_off_s == 0 && series.expected == 0;
  if (volumes_decide && reception.volumes == VolumeCheck::unknown) return Next::check_volumes;
  why = objection(series, reception);
  if (why.empty()) return Next::process;
  return quiet_s > config.wait_s && now_s - series.cut_off_s > config.wait_s ? Next::quarantine : Next::wait;
}

}  // namespace voxprior
