#include "workflows/evaluate_pairs.h"

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/atomic_file.h"

namespace voxprior {
namespace {

using Comparisons = std::vector<Comparison>;

double mean_of(const Comparisons& all, double Comparison::*metric) {
  double sum = 0;
  for (const Comparison& one : all) sum += one.*metric;
  return sum / static_cast<double>(all.size());
}

void print_texture(const TextureMatch& match) {
  std::printf(" %11.2f %9.2f %9.4f", match.spectrum_db, match.fine_power_db, match.gradients);
}

TextureMatch mean_texture(const Comparisons& all) {
  TextureMatch mean;
  const auto n = static_cast<double>(all.size());
  for (const Comparison& one : all) {
    mean.spectrum_db += one.texture->spectrum_db / n;
    mean.fine_power_db += one.texture->fine_power_db / n;
    mean.gradients += one.texture->gradients / n;
  }
  return mean;
}

nlohmann::ordered_json record_of(const TextureMatch& match) {
  return {{"spectrum_db", match.spectrum_db}, {"fine_power_db", match.fine_power_db}, {"gradients", match.gradients}};
}

void print_row(const std::string& name, double psnr_db, double ssim, double nrmse) {
  std::printf("%-32s %8.2f %8.4f %8.4f", name.c_str(), psnr_db, ssim, nrmse);
}

void print_table(const Comparisons& all, const ComparisonTerms& terms) {
  std::printf("%-32s %8s %8s %8s %12s %10s", "volume", "PSNR/dB", "SSIM", "NRMSE", "peak", "voxels");
  if (terms.texture) std::printf(" %11s %9s %9s", "spectrum/dB", "fine/dB", "gradients");
  std::printf("\n");
  for (const Comparison& one : all) {
    print_row(one.test.filename().string(), one.psnr_db, one.ssim, one.nrmse);
    std::printf(" %12.6g %10lld", one.peak, static_cast<long long>(one.mask_voxels));
    if (one.texture) print_texture(*one.texture);
    std::printf("\n");
  }
  if (all.size() > 1) {
    print_row("mean", mean_of(all, &Comparison::psnr_db), mean_of(all, &Comparison::ssim),
              mean_of(all, &Comparison::nrmse));
    if (terms.texture) {
      std::printf(" %12s %10s", "", "");
      print_texture(mean_texture(all));
    }
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
    if (one.texture) json["cases"].back()["texture"] = record_of(*one.texture);
  }
  json["mean"] = {{"psnr_db", mean_of(all, &Comparison::psnr_db)},
                  {"ssim", mean_of(all, &Comparison::ssim)},
                  {"nrmse", mean_of(all, &Comparison::nrmse)}};
  if (terms.texture) json["mean"]["texture"] = record_of(mean_texture(all));
  return json.dump(2) + "\n";
}

/// RFC 4180: quoted, with quotes doubled.
std::string csv_text(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string as_csv(const Comparisons& all, const ComparisonTerms& terms) {
  std::ostringstream csv;
  csv << "reference,test,psnr_db,ssim,nrmse,rmse,peak,mask_voxels"
      << (terms.texture ? ",spectrum_db,fine_power_db,gradients\n" : "\n");
  for (const Comparison& one : all) {
    csv << csv_text(one.reference.string()) << ',' << csv_text(one.test.string()) << ',' << one.psnr_db << ','
        << one.ssim << ',' << one.nrmse << ',' << one.rmse << ',' << one.peak << ',' << one.mask_voxels;
    if (one.texture)
      csv << ',' << one.texture->spectrum_db << ',' << one.texture->fine_power_db << ',' << one.texture->gradients;
    csv << '\n';
  }
  return csv.str();
}

}  // namespace

void evaluate_pairs(const PairEvaluation& evaluation, ProgressDisplay& progress) {
  Comparisons all;
  const std::vector<Pair> pairs = matched_pairs(evaluation.reference, evaluation.test);
  progress.stage("comparing");
  for (const Pair& pair : pairs) {
    all.push_back(compare_volumes(pair.reference, pair.test, evaluation.terms, evaluation.reading));
    progress.update(static_cast<double>(all.size()) / static_cast<double>(pairs.size()));
  }

  progress.finish();
  print_table(all, evaluation.terms);
  if (!evaluation.json_file.empty())
    write_file(evaluation.json_file, as_json(all, evaluation.terms), evaluation.overwrite);
  if (!evaluation.csv_file.empty())
    write_file(evaluation.csv_file, as_csv(all, evaluation.terms), evaluation.overwrite);
  for (const std::string& file : {evaluation.json_file, evaluation.csv_file}) {
    if (!file.empty()) std::cout << "wrote " << file << '\n';
  }
}

}  // namespace voxprior
