#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "io/volume_file.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior::test {

/// A test of `batch`: scans with noise of their own, the command run as a user would, and what it left.
class BatchTest : public WorkflowTest {
 protected:
  /// The brain of the test data with noise that depends on `seed`, under scratch/NAME; the folder is made.
  void put_scan(const std::string& name, unsigned seed, double sigma = 40) const {
    static const Volume clean = read_volume(testdata("brain_t1_crop.nii.gz"));
    Volume noisy = clean;
    std::mt19937 random(seed);
    for (float& voxel : noisy.voxels) {
      const double sum = static_cast<double>(random()) + static_cast<double>(random()) - 4294967295.;
      if (voxel > 0) voxel += static_cast<float>(sigma * sum / 1753413056.);  // triangular: deviation 2^32 / sqrt(6)
    }
    const std::filesystem::path path = scratch_ / name;
    std::filesystem::create_directories(path.parent_path());
    write_volume(path, noisy, {Overwrite::yes, ""});
  }

  /// in/a.nii.gz, in/b.nii.gz, ...
  void put_scans(int count) const {
    for (int n = 0; n < count; ++n)
      put_scan(std::string("in/") + static_cast<char>('a' + n) + ".nii.gz", static_cast<unsigned>(n));
  }

  static std::vector<std::string> words(const std::string& in, const std::string& out,
                                        const std::vector<std::string>& more = {}) {
    std::vector<std::string> all{"batch", in, out};
    all.insert(all.end(), more.begin(), more.end());
    all.insert(all.end(), {"--model", VOXPRIOR_RANDOM_MODEL, "--threads", "1"});
    const bool shows = std::find(more.begin(), more.end(), "--progress") != more.end();
    if (!shows) all.insert(all.end(), {"--progress", "none"});
    return all;
  }

  /// batch with the random model and one thread, from scratch/in.
  Outcome batch(const std::string& out, const std::vector<std::string>& more = {},
                const std::map<std::string, std::string>& environment = {}) const {
    return voxprior_run(words(file("in"), file(out), more), environment);
  }

  /// The SHA-256 of every file of results below a folder, by its path there: not of markers and summaries, which hold
  /// times.
  std::map<std::string, std::string> results(const std::string& folder) const {
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch_ / folder)) {
      const std::string name = entry.path().lexically_relative(scratch_ / folder).string();
      const bool timed = name.rfind(".voxprior", 0) == 0 || name.rfind("summary.", 0) == 0;
      if (!timed && entry.is_regular_file()) found[name] = sha256_of_file(entry.path());
    }
    return found;
  }

  /// The lines of a table, cells by the name of their column.
  std::vector<std::map<std::string, std::string>> table(const std::string& name) const {
    std::istringstream lines(bytes_of(scratch_ / name));
    std::string line;
    std::getline(lines, line);
    const std::vector<std::string> head = cells(line);
    std::vector<std::map<std::string, std::string>> rows;
    while (std::getline(lines, line)) {
      const std::vector<std::string> row = cells(line);
      EXPECT_EQ(row.size(), head.size()) << line;
      rows.emplace_back();
      for (std::size_t n = 0; n < std::min(row.size(), head.size()); ++n) rows.back()[head[n]] = row[n];
    }
    return rows;
  }

 private:
  static std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> parts(1);
    for (const char c : line) {
      if (c == '\t') {
        parts.emplace_back();
      } else {
        parts.back() += c;
      }
    }
    return parts;
  }
};

}  // namespace voxprior::test
