#include "workflows/convert_to_dicom.h"

#include <boost/program_options.hpp>
#include <iostream>

#include "base/error.h"
#include "base/sha256.h"
#include "io/dicom/write/align_axes.h"
#include "io/dicom/write/check_grid.h"
#include "io/dicom/write/research_series.h"
#include "workflows/dicom_input.h"
#include "workflows/dicom_output.h"
#include "workflows/files.h"

namespace voxprior {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

DicomVolumeChoice chosen_source(const ToDicomChoices& choices) {
  DicomChoices dicom;
  dicom.series = choices.like_series;
  dicom.series_option = "--like-series";
  dicom.volume_option = "--like-volume";
  dicom.allow_gaps = true;  // the grid is compared, nothing is read
  ReadOptions reading;
  reading.volume_of_4d = static_cast<int>(choices.like_volume);
  return choose_dicom_volume(choices.like, dicom, reading);
}

DerivedSeriesReport write_like(const fs::path& input, const fs::path& out_folder, const Volume& volume,
                               const ToDicomChoices& choices, Overwrite overwrite, Provenance& provenance) {
  const DicomVolumeChoice source = chosen_source(choices);
  add_series_input(provenance, "like", choices.like, source.series, source.stack);
  const Geometry& grid = source.series.stacks[source.stack].geometry;
  const Volume turned = with_axes_like(volume, grid);
  check_same_grid(input, turned.geometry, grid);
  DerivedSeriesOptions options;
  options.by = DerivedBy::replacement;
  options.parameters = "SHA-256 of the file " + sha256_of_file(input);
  options.created = creation_time();
  options.keep_private = choices.keep_private;
  options.overwrite = overwrite;
  return write_derived_series(out_folder, source.series, source.stack, turned, options);
}

Modality modality_of(const fs::path& input, const Volume& volume, const std::string& choice) {
  if (choice == "mr") return Modality::mr;
  if (choice == "ct") return Modality::ct;
  if (volume.modality != Modality::unknown) return volume.modality;
  fail(ExitCode::usage, input, ": does not say whether it is MR or CT; add --modality mr or --modality ct, ",
       "or --like with the DICOM series that it comes from");
}

DerivedSeriesReport write_new(const fs::path& input, const fs::path& out_folder, const Volume& volume,
                              const ToDicomChoices& choices, Overwrite overwrite) {
  ResearchSeriesOptions options;
  options.modality = modality_of(input, volume, choices.modality);
  options.parameters = "SHA-256 of the file " + sha256_of_file(input);
  options.created = creation_time();
  options.overwrite = overwrite;
  return write_research_series(out_folder, volume, options);
}

}  // namespace

void ToDicomChoices::add_to(Arguments& arguments) {
  arguments
      .option("like", po::value(&like)->value_name("DICOM"),
              "write OUT as a series derived from the one in this folder, whose grid IN must lie on")
      .option("like-series", po::value(&like_series)->value_name("N|UID"), "which series of --like")
      .option("like-volume", at_least(0, &like_volume, "--like-volume")->value_name("N"),
              "which volume of that series, counted from 0")
      .option("modality", choice(&modality, "--modality", {"auto", "mr", "ct"}),
              "what a DICOM series without --like is to be; CT voxels are Hounsfield units")
      .flag("keep-private", &keep_private, "keep the private attributes of --like, which may hold anything");
}

void convert_to_dicom(const fs::path& input, const fs::path& out_folder, const ReadOptions& reading,
                      const ToDicomChoices& choices, Overwrite overwrite) {
  check_readable(input);
  if (!names_dicom_folder(out_folder.string()) && !volume_ending(out_folder).empty()) {
    fail(ExitCode::usage, "--like and --modality write a DICOM folder, but ", out_folder, " is the name of a file");
  }
  if (choices.like.empty() && choices.needs_like()) {
    fail(ExitCode::usage, "--like-series, --like-volume and --keep-private need --like with a DICOM folder");
  }
  if (!choices.like.empty()) refuse_inside(out_folder, choices.like);
  check_dicom_output(out_folder, overwrite);
  Provenance provenance("convert");
  provenance.add_input("volume", input);

  const Volume volume = read_volume(input, reading);
  const DerivedSeriesReport report = choices.like.empty()
                                         ? write_new(input, out_folder, volume, choices, overwrite)
                                         : write_like(input, out_folder, volume, choices, overwrite, provenance);
  tell_notices(volume.notices, provenance);
  tell_notices(report.notices, provenance);
  finish_dicom_output(out_folder, report, provenance, overwrite);
  tell_clipped(report);
  std::cout << "wrote " << without_final_slash(out_folder).string() << '\n';
}

}  // namespace voxprior
