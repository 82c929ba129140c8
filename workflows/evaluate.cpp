// voxprior evaluate REF TEST: how far volumes are from their references.
#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/atomic_file.h"
#include "workflows/commands.h"
#include "workflows/comparison.h"
#include "workflows/files.h"
#include "workflows/read_choices.h"

namespace voxprior {
namespace po = boost::program_options;
namespace {

const About kAbout{
    "evaluate",
    "measure PSNR, SSIM and NRMSE of volumes against references",
    "PSNR = 20 log10(peak / RMSE); NRMSE = RMSE / RMS of the reference; SSIM in 3D with a Gaussian window of 1.5 "
    "voxels.\n"
    "All are taken over the mask and stated with their data range (peak), without which such numbers mean nothing.\n\n"
    "REF and TEST are two files on the same grid, or two folders whose volumes are matched by name.",
    {"Wang et al. Image quality assessment: from error visibility to structural similarity. IEEE Trans Image Process "
     "2004; 13:600-612."}};

using Comparisons = std::vector<Comparison>;

double mean_of(const Comparisons& all, double Comparison::*metric) {
  double sum = 0;
  for (const Comparison& one : all) sum += one.*metric;
  return sum / static_cast<double>(all.size());
}

void print_row(const std::string& name, double psnr_db, double ssim, double nrmse) {
  std::printf("%-32s %8.2f %8.4f %8.4f", name.c_str(), psnr_db, ssim, nrmse);
}

void print_table(const Comparisons& all, const ComparisonTerms& terms) {
  std::printf("%-32s %8s %8s %8s %12s %10s\n", "volume", "PSNR/dB", "SSIM", "NRMSE", "peak", "voxels");
  for (const Comparison& one : all) {
    print_row(one.test.filename().string(), one.psnr_db, one.ssim, one.nrmse);
    std::printf(" %12.6g %10lld\n", one.peak, static_cast<long long>(one.mask_voxels));
  }
  if (all.size() > 1) {
    print_row("mean", mean_of(all, &Comparison::psnr_db), mean_of(all, &Comparison::ssim),
              mean_of(all, &Comparison::nrmse));
    std::printf("\n");
  }
  const std::string mask = terms.mask == "brain" ? "reference above 2 % of the peak" : terms.mask;
  std::printf("peak: %s of the reference; mask: %s\n", terms.peak.c_str(), mask.c_str());
  std::fflush(stdout);
}

std::string as_json(const Comparisons& all, const ComparisonTerms& terms) {
  nlohmann::ordered_json json{{"peak", terms.peak}, {"mask", terms.mask}, {"cases", nlohmann::json::array()}};
  for (const Comparison& one : all) {
    json["cases"].push_back({{"reference", one.reference.string()},
                             {"test", one.test.string()},
                             {"psnr_db", one.psnr_db},  // null for identical volumes: infinite
                             {"ssim", one.ssim},
                             {"nrmse", one.nrmse},
                             {"rmse", one.rmse},
                             {"peak", one.peak},
                             {"mask_voxels", one.mask_voxels}});
  }
  json["mean"] = {{"psnr_db", mean_of(all, &Comparison::psnr_db)},
                  {"ssim", mean_of(all, &Comparison::ssim)},
                  {"nrmse", mean_of(all, &Comparison::nrmse)}};
  return json.dump(2) + "\n";
}

/// RFC 4180: quoted, with quotes doubled.
std::string csv_text(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string as_csv(const Comparisons& all) {
  std::ostringstream csv;
  csv << "reference,test,psnr_db,ssim,nrmse,rmse,peak,mask_voxels\n";
  for (const Comparison& one : all) {
    csv << csv_text(one.reference.string()) << ',' << csv_text(one.test.string()) << ',' << one.psnr_db << ','
        << one.ssim << ',' << one.nrmse << ',' << one.rmse << ',' << one.peak << ',' << one.mask_voxels << '\n';
  }
  return csv.str();
}

}  // namespace

int evaluate_command(const Invocation& invocation) {
  std::string reference, test, json_file, csv_file;
  ComparisonTerms terms;
  ReadChoices reading;
  bool overwrite = false;

  Arguments arguments;
  arguments.positional("REF", &reference, "reference volume, or folder of volumes")
      .positional("TEST", &test, "volume to judge, or folder of volumes with the same names");
  arguments
      .option("peak", po::value(&terms.peak)->value_name("p99.5|max|NUMBER")->default_value(terms.peak),
              "data range: the 99.5th percentile of the reference's non-zero voxels, its maximum, or a number")
      .option(
          "mask", po::value(&terms.mask)->value_name("brain|all|FILE")->default_value(terms.mask),
          "voxels to judge: those where the reference is above 2 % of the peak, all, or those that are not 0 in FILE")
      .option("json", po::value(&json_file)->value_name("FILE"), "write the numbers as JSON, too")
      .option("csv", po::value(&csv_file)->value_name("FILE"), "write the numbers as CSV, too")
      .flag("overwrite", &overwrite, "replace FILEs that exist");
  reading.add_to(arguments);
  arguments.with_progress();

  return run_command(invocation, kAbout, arguments, [&](ProgressDisplay& progress) {
    const Overwrite replace = overwrite ? Overwrite::yes : Overwrite::no;
    if (terms.peak != "p99.5" && terms.peak != "max") parse_positive("--peak", terms.peak);
    check_outputs({json_file, csv_file}, {reference, test}, replace);

    Comparisons all;
    const std::vector<Pair> pairs = matched_pairs(reference, test);
    progress.stage("comparing");
    for (const Pair& pair : pairs) {
      all.push_back(compare_volumes(pair.reference, pair.test, terms, reading.options()));
      progress.update(static_cast<double>(all.size()) / static_cast<double>(pairs.size()));
    }

    progress.finish();
    print_table(all, terms);
    if (!json_file.empty()) write_file(json_file, as_json(all, terms), replace);
    if (!csv_file.empty()) write_file(csv_file, as_csv(all), replace);
    for (const std::string& file : {json_file, csv_file}) {
      if (!file.empty()) std::cout << "wrote " << file << '\n';
    }
  });
}

}  // namespace voxprior
