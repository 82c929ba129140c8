// voxprior prepare IN OUT_DIR: a folder of scans becomes a dataset that training reads.
#include <boost/program_options.hpp>
#include <iostream>
#include <sstream>

#include "base/error.h"
#include "workflows/commands.h"
#include "workflows/files.h"
#include "workflows/platform.h"
#include "workflows/prepare/prepare_dataset.h"
#include "workflows/read_choices.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "prepare",
    "put a folder of scans on one grid, as a dataset that training reads",
    "IN is a folder of volumes (.nii, .nii.gz, .nrrd, .mha), searched at any depth, or one file. Each volume is "
    "turned\n"
    "to RAS axes, put on the common grid, normalised in intensity, and written to OUT_DIR as safetensors shards, with\n"
    "dataset.json beside them. Volumes that share a grid stay as they are, voxel by voxel, unless --align moves them.\n"
    "\n"
    "OUT_DIR holds no names: volumes are numbered by the hashes of their files. Which number was which file stands in\n"
    "OUT_DIR.voxprior.json beside it. The same volumes and options give the same bytes, whatever the number of "
    "threads\n"
    "and the order and names of the files.",
    {"Cardoso et al. Scale factor point spread function matching: beyond aliasing in image resampling. MICCAI 2015."}};

/// "160x192x160" or "160,192,160".
std::array<std::int64_t, 3> parse_size(std::string text) {
  std::array<std::int64_t, 3> size{};
  const std::string typed = text;
  for (char& c : text)
    if (c == 'x' || c == ',') c = ' ';
  std::istringstream numbers(text);
  numbers >> size[0] >> size[1] >> size[2];
  bool right = !numbers.fail() && (numbers >> std::ws).eof();
  for (const std::int64_t n : size) right = right && n >= 2 && n <= 4096;
  if (!right) fail(ExitCode::usage, "--size: must be three sizes from 2 to 4096 as in 160x192x160, got '", typed, "'");
  return size;
}

void print(const PrepareReport& report, const std::string& output) {
  const auto& size = report.size;
  const auto& mm = report.spacing_mm;
  std::cout << report.volumes << " volumes of " << size[0] << " x " << size[1] << " x " << size[2] << " voxels, "
            << mm[0] << " x " << mm[1] << " x " << mm[2] << " mm: " << report.train << " to train on, "
            << report.validation << " to validate on, " << report.holdout << " held out\nwrote " << output << '\n';
}

}  // namespace

int prepare_command(const Invocation& invocation) {
  PrepareOptions options;
  std::string input, size, on_error;
  std::vector<std::string> also;
  double spacing_mm = 0;
  long long shard_mb = 256, threads = 0, seed = 0;
  ReadChoices reading;

  Arguments arguments;
  arguments.positional("IN", &input, "folder of volumes, or one volume")
      .positional("OUT_DIR", &options.output, "folder to make")
      .option("also", po::value(&also)->value_name("PATH"), "one more folder or volume; may be repeated")
      .option("size", po::value(&size)->value_name("IxJxK"),
              "voxels of the grid, right-left x front-back x foot-head; without it, the size that all volumes share")
      .option("spacing", positive(&spacing_mm, "--spacing")->value_name("MM"),
              "edge of a voxel of the grid; without it, the spacing that all volumes share")
      .option("align", choice(&options.align, "--align", {"none", "rigid"}),
              "rigid: turn and shift each volume onto --reference by registration")
      .option("reference", po::value(&options.reference)->value_name("mean|FILE")->default_value("mean"),
              "what --align aligns to: the mean of all volumes, or one volume")
      .option("similarity", choice(&options.similarity, "--similarity", {"correlation", "mutual-information"}),
              "what --align maximises; mutual-information for volumes of different contrasts")
      .option("interpolation", choice(&options.interpolation, "--interpolation", {"bspline", "linear"}),
              "how values between voxels are found, where the grid changes; coarser grids are smoothed for first")
      .option("intensity", choice(&options.intensity, "--intensity", {"auto", "mr", "ct", "none"}),
              "mr: 1 is the 99.5th percentile of the subject; ct: 0 is air, 1 is water; none: values are kept")
      .option("type", choice(&options.voxel_type, "--type", {"float16", "float32"}), "voxels of the shards")
      .option("holdout", po::value(&options.holdout)->value_name("LIST"),
              "volumes never to learn from: file names with wildcards, separated by commas, and a number of others")
      .option("validation", po::value(&options.validation)->value_name("LIST"),
              "volumes to measure progress on, in the same way")
      .option("seed", at_least(0, &seed, "--seed")->value_name("S"), "of the draw that --holdout N makes; default 0")
      .option("labels", po::value(&options.labels)->value_name("DIR"),
              "folder with a label volume for each volume, on its grid and of its file name")
      .option("class", po::value(&options.classes)->value_name("NAME=FOLDER"),
              "a folder whose volumes are of this class; may be repeated")
      .option("class-table", po::value(&options.class_table)->value_name("CSV"),
              "table with the columns file and class, for all volumes")
      .option("on-error", choice(&on_error, "--on-error", {"refuse", "skip"}),
              "what to do with a broken volume, one without content, or a copy of another")
      .option("shard-mb", at_least(1, &shard_mb, "--shard-mb")->value_name("MB"), "size of a shard; default 256")
      .option("threads", at_least(1, &threads, "--threads")->value_name("N"),
              "volumes to work on at once; default: OMP_NUM_THREADS, else SLURM_CPUS_PER_TASK, else all cores allowed")
      .flag("overwrite", &options.overwrite, "replace OUT_DIR if it is a prepared dataset");
  arguments.flag("resume", &options.resume, "go on with the alignment of a run that was interrupted");
  reading.add_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    if (options.align != "none" && options.reference != "mean") check_readable(options.reference);
    options.inputs = {input};
    options.inputs.insert(options.inputs.end(), also.begin(), also.end());
    if (!size.empty()) options.size = parse_size(size);
    if (spacing_mm > 0) options.spacing_mm = spacing_mm;
    options.skip_broken = on_error == "skip";
    options.seed = static_cast<std::uint64_t>(seed);
    options.shard_bytes = static_cast<std::uint64_t>(shard_mb) * 1000 * 1000;
    options.threads = compute_threads(static_cast<int>(threads));
    options.reading = reading.options();
    const PrepareReport report = prepare_dataset(options, progress);
    progress.finish();
    print(report, options.output);
  });
}

}  // namespace voxprior
