#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "io/volume_file.h"
#include "pipeline/noise/random.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior::test {

/// A noisy scan, a clean one in the place of what was made of it, and a record as `denoise` leaves it.
class ReportTest : public WorkflowTest {
 protected:
  static constexpr float kSigma = 60;

  void SetUp() override {
    const Volume clean = read_volume(testdata("brain_t1_crop.nii.gz"));
    Volume noisy = clean;
    std::vector<float> noise(noisy.voxels.size());
    fill_gaussian(noise.data(), noise.size(), 1, 0);
    for (std::size_t i = 0; i < noise.size(); ++i) noisy.voxels[i] += kSigma * noise[i];
    write_volume(file("before.nii.gz"), noisy);
    write_volume(file("after.nii.gz"), clean);
    put_record("after", record());
  }

  nlohmann::json record() const {
    return {{"program", "voxprior"},
            {"version", "0.1.0"},
            {"command_line", {"voxprior", "denoise", "before.nii.gz", "after.nii.gz"}},
            {"started", "2026-01-02T03:04:05Z"},
            {"inputs", {{"volume", {{"path", "before.nii.gz"}, {"sha256", sha256_of_file(file("before.nii.gz"))}}}}},
            {"noise", {{"kind", "gaussian"}, {"sigma", kSigma}}},
            {"model", {{"name", "mri-t1"}, {"sha256", "0123456789abcdef"}}},
            {"device", "cpu"},
            {"seconds", 12.25}};
  }

  void put_record(const std::string& name, const nlohmann::json& record) const {
    put_bytes(scratch_ / (name + ".voxprior.json"), record.dump());
  }

  Outcome report(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"report", "scan", file("before.nii.gz"), file("after.nii.gz"), file("page.html")};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }

  std::string page(const std::string& name = "page.html") const { return bytes_of(scratch_ / name); }

  /// The data: URI of the picture whose alt text begins as `alt` says.
  static std::string picture_after(const std::string& html, const std::string& alt) {
    const std::size_t at = html.find("src=\"", html.find(alt)) + 5;
    return html.substr(at, html.find('"', at) - at);
  }
};

}  // namespace voxprior::test
