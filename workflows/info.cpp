// voxprior info PATH: what a file holds.
#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "io/volume_file.h"
#include "io/voxel_codec.h"
#include "pipeline/intensity/normalise.h"
#include "pipeline/noise/ct_noise.h"
#include "pipeline/noise/kernel_texture.h"
#include "workflows/anatomy.h"
#include "workflows/commands.h"
#include "workflows/dicom_info.h"
#include "workflows/dicom_input.h"
#include "workflows/files.h"
#include "workflows/noise_level.h"
#include "workflows/read_choices.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "info",
    "show what a volume file or a DICOM folder holds: grid, intensities, noise, problems",
    "Reads the whole file and checks it as every other command does, so a file that info accepts is one that\n"
    "denoise accepts. The orientation code names the directions towards which i, j and k grow (R/L, A/P, S/I).\n"
    "\n"
    "Of the noise of MR volumes it tells the kind, the strength, what correlates it (the shares of k-space that were "
    "kept\n"
    "and their taper, as denoise --spectrum takes them) and how it varies, each with a confidence from 0 to 1.\n"
    "\n"
    "Of a DICOM folder (searched at any depth), a DICOM file or a DICOMDIR it lists every series from the headers\n"
    "alone: its volumes, and why images are no part of one. With --series it reads that series as a volume.",
    {}};

using Json = nlohmann::ordered_json;

const char* name_of(FileFormat format) {
  switch (format) {
    case FileFormat::nifti:
      return "NIfTI";
    case FileFormat::nrrd:
      return "NRRD";
    case FileFormat::metaimage:
      return "MetaImage";
  }
  return "unknown";
}

const char* name_of(Modality modality) {
  switch (modality) {
    case Modality::mr:
      return "MR";
    case Modality::ct:
      return "CT";
    case Modality::unknown:
      break;
  }
  return "unknown";
}

Json describe_intensities(const std::vector<float>& voxels) {
  const auto [least, greatest] = std::minmax_element(voxels.begin(), voxels.end());
  const auto zeros = std::count(voxels.begin(), voxels.end(), 0.f);
  Json json{{"least", *least}, {"greatest", *greatest}};
  for (const double percent : {1., 50., 99.5}) {
    std::ostringstream key;
    key << 'p' << percent;
    json[key.str()] = percentile(voxels.data(), voxels.size(), percent);
  }
  json["p99.5_of_nonzero"] = nonzero_percentile(voxels, 99.5);
  json["zero_share"] = static_cast<double>(zeros) / static_cast<double>(voxels.size());
  return json;
}

double percent_of_range(const Volume& volume, double sigma) {
  const double range = nonzero_percentile(volume.voxels, 99.5);
  return range > 0 ? 100 * sigma / range : 0;
}

Json spread_of(const LocalNoise& local, bool varies) {
  if (!local.seen) return nullptr;
  return {{"varies", varies}, {"p5", local.low}, {"p95", local.high}, {"confidence", local.confidence}};
}

Json describe_ct_noise(const Volume& volume) {
  const CtNoise seen = survey_ct_noise(volume.voxels.data(), volume.geometry.size);
  const KernelTexture texture = kernel_texture(volume.voxels.data(), volume.geometry.size, seen.sigma());
  return {{"kind", name_of(NoiseKind::gaussian)},
          {"sigma", seen.sigma()},
          {"percent_of_p99.5", percent_of_range(volume, seen.sigma())},
          {"white", texture.seen ? Json(texture.white()) : Json(nullptr)},
          {"kernel", record_of(texture)},
          {"map", spread_of(seen.local, seen.local.varies)}};
}

/// Confidences are 0 to 1; what was not seen is null.
Json describe_noise(const Volume& volume, const NoiseSurvey& seen) {
  const bool coils = seen.whole.coils > 1;
  Json json{{"kind", coils ? "ncchi" : name_of(seen.whole.kind)},
            {"kind_confidence", seen.whole.kind_confidence},
            {"coils", seen.whole.coils},
            {"sigma", seen.sigma},
            {"sigma_confidence", seen.sigma_confidence},
            {"percent_of_p99.5", percent_of_range(volume, seen.sigma)},
            {"white", seen.whole.white && !seen.correlated()},
            {"spectrum", nullptr},
            {"map", spread_of(seen.local, seen.varies())}};
  if (seen.texture.seen) {
    json["spectrum"] = {{"kept", seen.texture.filter.kept},
                        {"taper", seen.texture.filter.taper},
                        {"sigma_before_filter", seen.texture.sigma_in_band},
                        {"confidence", seen.texture.confidence}};
  }
  return json;
}

void describe_noise_in(Json& json, const Volume& volume) {
  if (is_ct(volume)) {
    json["noise"] = describe_ct_noise(volume);
    return;
  }
  const NoiseSurvey seen = survey_noise(volume.voxels.data(), volume.geometry.size);
  json["noise"] = describe_noise(volume, seen);
  if (!seen.message.empty()) json["notices"].push_back(seen.message);
}

Json describe(const std::string& path, const char* format, std::uintmax_t bytes, const Volume& volume) {
  const Geometry& grid = volume.geometry;
  const StoredForm& stored = volume.stored;
  Json json{{"file", path},
            {"format", format},
            {"bytes", bytes},
            {"modality", name_of(volume.modality)},
            {"size", grid.size},
            {"spacing_mm", grid.spacing_mm},
            {"origin_lps_mm", grid.origin_mm},
            {"lps_from_index", grid.lps_from_index},
            {"orientation", orientation_code(grid)},
            {"stored_type", name_of(stored.type)},
            {"slope", stored.slope},
            {"intercept", stored.intercept},
            {"intensity", describe_intensities(volume.voxels)},
            {"notices", volume.notices}};
  if (is_constant(volume.voxels)) {
    json["notices"].push_back("all voxels have one value");
  } else {
    describe_noise_in(json, volume);
  }
  return json;
}

void print_line(const char* key, const std::string& text) { std::cout << key << "  " << text << '\n'; }

std::string number(const Json& value) {
  std::ostringstream text;
  text << value.get<double>();
  return text.str();
}

std::string times(const Json& values) {
  return number(values[0]) + " x " + number(values[1]) + " x " + number(values[2]);
}

std::string confidence(const Json& of) {
  return " (confidence " + number(std::round(100 * of.get<double>()) / 100) + ")";
}

void print_noise(const Json& noise) {
  std::string text = noise["kind"].get<std::string>();
  const bool looked_at = noise.contains("kind_confidence");
  if (looked_at && noise["coils"] > 1) text += " of " + number(noise["coils"]) + " coils";
  if (looked_at) text += confidence(noise["kind_confidence"]);
  text +=
      ", sigma " + number(noise["sigma"]) + " (" + number(noise["percent_of_p99.5"]) + " % of the 99.5th percentile";
  if (looked_at) text += ", confidence " + number(std::round(100 * noise["sigma_confidence"].get<double>()) / 100);
  print_line("noise    ", text + "), " +
                              (noise["white"].is_null()     ? "in soft tissue"
                               : noise["white"].get<bool>() ? "white"
                                                            : "not white"));
  if (noise.contains("kernel") && !noise["kernel"].is_null()) {
    print_line("kernel   ", "spectrum f exp(-2 (f / " + number(noise["kernel"]["cutoff"]) +
                                ")^2), f in cycles per voxel; each slice takes " +
                                number(100 * noise["kernel"]["overlap"].get<double>()) + " % of its neighbours");
  }
  const Json& map = noise["map"];
  const Json spectrum = looked_at ? noise["spectrum"] : Json();
  if (!spectrum.is_null() && !noise["white"].get<bool>()) {
    print_line("spectrum ", "kept " + times(spectrum["kept"]) + ", taper " + times(spectrum["taper"]) +
                                ", sigma before it " + number(spectrum["sigma_before_filter"]) +
                                confidence(spectrum["confidence"]));
  }
  if (!map.is_null()) {
    print_line("spread   ", std::string(map["varies"].get<bool>() ? "varies" : "even") + ", sigma " +
                                number(map["p5"]) + " to " + number(map["p95"]) + " (5th and 95th percentile)" +
                                confidence(map["confidence"]));
  }
}

void print_text(const Json& about) {
  const Json& intensity = about["intensity"];
  print_line("file     ", about["file"]);
  print_line("format   ",
             about["format"].get<std::string>() + ", " + number(about["bytes"].get<double>() / 1e6) + " MB");
  print_line("grid     ", times(about["size"]) + " voxels of " + times(about["spacing_mm"]) + " mm, " +
                              about["orientation"].get<std::string>());
  print_line("stored   ", about["stored_type"].get<std::string>() + ", value = " + number(about["slope"]) +
                              " * stored + " + number(about["intercept"]));
  print_line("intensity", number(intensity["least"]) + " to " + number(intensity["greatest"]) + "; median " +
                              number(intensity["p50"]) + ", 99.5th percentile of non-zero voxels " +
                              number(intensity["p99.5_of_nonzero"]) + ", " +
                              number(100 * intensity["zero_share"].get<double>()) + " % zeros");
  if (about.contains("noise")) print_noise(about["noise"]);
  for (const auto& notice : about["notices"]) print_line("notice   ", notice);
}

Json describe_file(const std::string& path, const ReadOptions& options) {
  check_readable(path);
  const Volume volume = read_volume(path, options);
  return describe(path, name_of(volume.stored.format), std::filesystem::file_size(path), volume);
}

Json describe_dicom_volume(const std::string& path, const DicomChoices& choices, const ReadOptions& options) {
  const DicomVolumeChoice chosen = choose_dicom_volume(path, choices, options);
  std::set<std::filesystem::path> files;
  for (const DicomFrame& frame : chosen.series.stacks[chosen.stack].frames) files.insert(frame.file);
  std::uintmax_t bytes = 0;
  for (const std::filesystem::path& file : files) bytes += std::filesystem::file_size(file);
  Json json = describe(path, "DICOM", bytes, read_chosen_volume(chosen, choices, options));
  json["series_uid"] = chosen.series.series_uid;
  json["volume"] = chosen.stack;
  return json;
}

}  // namespace

int info_command(const Invocation& invocation) {
  std::string path;
  ReadChoices reading;
  DicomChoices dicom;
  bool as_json = false;

  Arguments arguments;
  arguments.positional("PATH", &path, "volume to read (.nii, .nii.gz, .nrrd or .mha), DICOM folder, file or DICOMDIR");
  arguments.flag("json", &as_json, "print JSON");
  reading.add_to(arguments);
  dicom.add_to(arguments);

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay&) {
    const bool is_dicom = leads_to_dicom(path);
    dicom.refuse_beside_file(path);
    const bool is_survey = is_dicom && dicom.series.empty() && reading.options().volume_of_4d < 0;
    const Json about = is_survey  ? describe_survey(path, survey_dicom({path}))
                       : is_dicom ? describe_dicom_volume(path, dicom, reading.options())
                                  : describe_file(path, reading.options());
    if (as_json) {
      std::cout << about.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    } else if (is_survey) {
      print_survey(about);
    } else {
      print_text(about);
    }
  });
}

}  // namespace voxprior
