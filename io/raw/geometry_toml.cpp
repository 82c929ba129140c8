#include "io/raw/geometry_toml.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include "base/error.h"
#include "io/grid.h"
#include "io/stream/input_stream.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kVersion = 1;
constexpr double kLongest_mm = 1e6;
constexpr std::size_t kMostAngles = 1'000'000;
constexpr std::uint64_t kLongestFile = 64 << 20;
constexpr double kAxesTolerance = 1e-4;

/// One [section], every key of which must be known.
class Section {
 public:
  Section(const toml::table& root, const char* name, const fs::path& path)
      : name_(name), path_(path), table_(root[name].as_table()) {}

  bool present() const { return table_ != nullptr; }

  double number(const char* key, double least, double most, std::optional<double> otherwise = std::nullopt) {
    const toml::node* node = find(key);
    if (node == nullptr && otherwise) return *otherwise;
    const std::optional<double> value = node == nullptr ? std::nullopt : node->value<double>();
    if (!value || !node->is_number() || !(*value >= least && *value <= most)) {
      std::ostringstream range;
      range << "must be a number from " << least << " to " << most;
      refuse(node, key, range.str());
    }
    return *value;
  }

  double positive_mm(const char* key, std::optional<double> otherwise = std::nullopt) {
    return number(key, std::numeric_limits<float>::min(), kLongest_mm, otherwise);
  }

  std::string word(const char* key, const std::vector<std::string>& choices, const std::string& otherwise) {
    const toml::node* node = find(key);
    if (node == nullptr && !otherwise.empty()) return otherwise;
    const std::optional<std::string> value = node == nullptr ? std::nullopt : node->value_exact<std::string>();
    if (!value || std::find(choices.begin(), choices.end(), *value) == choices.end()) {
      std::string list;
      for (const std::string& choice : choices) list += (list.empty() ? "\"" : ", \"") + choice + "\"";
      refuse(node, key, "must be one of " + list);
    }
    return *value;
  }

  /// `count` 0: as many as there are, at least one.
  std::vector<double> numbers(const char* key, std::size_t count) {
    const toml::node* node = find(key);
    const toml::array* array = node == nullptr ? nullptr : node->as_array();
    const std::string what = count > 0 ? std::to_string(count) + " numbers" : "numbers";
    if (array == nullptr || array->empty() || array->size() > kMostAngles || (count > 0 && array->size() != count))
      refuse(node, key, "must be a list of " + what);
    std::vector<double> values;
    for (const toml::node& item : *array) {
      const std::optional<double> value = item.value<double>();
      if (!value || !item.is_number() || !(std::abs(*value) <= kLongest_mm))
        refuse(&item, key, "must be a list of " + what + ", each finite and below a million");
      values.push_back(*value);
    }
    return values;
  }

  template <std::size_t N>
  std::array<double, N> numbers(const char* key) {
    const std::vector<double> values = numbers(key, N);
    std::array<double, N> array;
    std::copy(values.begin(), values.end(), array.begin());
    return array;
  }

  void refuse_unknown_keys() const {
    if (table_ == nullptr) return;
    for (const auto& [key, node] : *table_)
      if (known_.count(std::string(key.str())) == 0) refuse(&node, std::string(key.str()), "is not known");
  }

  [[noreturn]] void refuse(const toml::node* node, const std::string& key, const std::string& why) const {
    std::string printable;  // a key may hold any character
    for (const char c : key.substr(0, 60)) printable += c >= ' ' && c <= '~' ? c : '?';
    const std::string line = node == nullptr ? "" : ":" + std::to_string(node->source().begin.line);
    fail(ExitCode::input, path_.string(), line, ": key '", name_, ".", printable, "' ",
         node == nullptr ? "is missing; it " : "", why);
  }

 private:
  const toml::node* find(const char* key) {
    known_.insert(key);
    return table_ == nullptr ? nullptr : table_->get(key);
  }

  std::string name_;
  const fs::path& path_;
  const toml::table* table_;
  std::set<std::string> known_;
};

toml::table parse(const fs::path& path) {
  if (check_input_file(path) > kLongestFile) fail(ExitCode::input, path, ": is too long for a geometry file");
  toml::table root;
  try {
    root = toml::parse_file(path.string());
  } catch (const toml::parse_error& error) {
    std::string what(error.description());
    for (char& c : what) c = c >= ' ' && c <= '~' ? c : '?';
    fail(ExitCode::input, path.string(), ":", error.source().begin.line, ": not valid TOML: ", what);
  }
  static const std::set<std::string> known = {"version", "beam", "detector", "photons", "grid"};
  for (const auto& [key, node] : root) {
    if (known.count(std::string(key.str())) == 0 || (key.str() != "version" && !node.is_table())) {
      fail(ExitCode::input, path.string(), ":", node.source().begin.line,
           ": only version and the sections beam, detector, photons and grid are known; is this a geometry file?");
    }
  }
  if (root["version"].value_exact<std::int64_t>() != kVersion)
    fail(ExitCode::input, path, ": should say version = ", kVersion);
  return root;
}

ScanGeometry::Beam beam_of(const std::string& word) {
  return word == "parallel" ? ScanGeometry::Beam::parallel
         : word == "fan"    ? ScanGeometry::Beam::fan
                            : ScanGeometry::Beam::cone;
}

const char* word_of(ScanGeometry::Beam beam) {
  return beam == ScanGeometry::Beam::parallel ? "parallel" : beam == ScanGeometry::Beam::fan ? "fan" : "cone";
}

void read_grid(Section& section, const fs::path& path, ScanGeometry& scan) {
  Geometry grid;
  const auto size = section.numbers<3>("size");
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (size[axis] < 1 || size[axis] > 1e5 || size[axis] != std::floor(size[axis]))
      fail(ExitCode::input, path, ": key 'grid.size' must hold whole numbers from 1 to 100000");
    grid.size[axis] = static_cast<std::int64_t>(size[axis]);
  }
  grid.spacing_mm = section.numbers<3>("spacing_mm");
  for (const double mm : grid.spacing_mm)
    if (!(mm > 0)) fail(ExitCode::input, path, ": key 'grid.spacing_mm' must hold positive numbers");
  grid.lps_from_index = section.numbers<9>("lps_from_index");
  grid.origin_mm = section.numbers<3>("first_voxel_mm");
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto& m = grid.lps_from_index;
    if (std::abs(std::hypot(m[axis], m[3 + axis], m[6 + axis]) - 1) > kAxesTolerance)
      fail(ExitCode::input, path, ": key 'grid.lps_from_index' must have columns of length 1");
  }
  grid = geometry_from_affine(path, grid.size, affine_of(grid));
  place_scanner(scan, grid, section.numbers<3>("isocentre_mm"));
}

/// A list in TOML; 17 digits give every double back.
template <typename Values>
std::string list(const Values& values) {
  std::ostringstream text;
  text.precision(17);
  text << '[';
  for (std::size_t n = 0; n < values.size(); ++n) text << (n == 0 ? "" : n % 8 == 0 ? ",\n  " : ", ") << values[n];
  text << ']';
  return text.str();
}

}  // namespace

ScanGeometry read_geometry_toml(const fs::path& path) {
  const toml::table root = parse(path);
  ScanGeometry scan;
  Section beam(root, "beam", path), detector(root, "detector", path), photons(root, "photons", path),
      grid(root, "grid", path);
  scan.beam = beam_of(beam.word("shape", {"parallel", "fan", "cone"}, ""));
  scan.angles_deg = beam.numbers("angles_deg", 0);
  if (scan.beam != ScanGeometry::Beam::parallel) {
    scan.source_to_isocentre_mm = beam.positive_mm("source_to_isocentre_mm");
    scan.source_to_detector_mm = beam.positive_mm("source_to_detector_mm");
  }
  const bool arc = detector.word("shape", {"flat", "arc"}, "flat") == "arc";
  scan.detector = arc ? ScanGeometry::Detector::arc : ScanGeometry::Detector::flat;
  scan.column_pitch_mm = detector.positive_mm("column_pitch_mm");
  scan.row_pitch_mm = detector.positive_mm("row_pitch_mm");
  scan.column_offset_mm = detector.number("column_offset_mm", -kLongest_mm, kLongest_mm, 0);
  if (scan.beam == ScanGeometry::Beam::cone)
    scan.row_offset_mm = detector.number("row_offset_mm", -kLongest_mm, kLongest_mm, 0);
  if (photons.present()) {
    scan.photons_per_ray = photons.number("per_ray", 1, 1e15);
    scan.electronic_sigma = photons.number("electronic_sigma", 0, 1e9, 0);
  }
  if (grid.present()) read_grid(grid, path, scan);
  for (const Section* section : {&beam, &detector, &photons, &grid}) section->refuse_unknown_keys();
  return scan;
}

void write_geometry_toml(const fs::path& path, const ScanGeometry& scan, Overwrite overwrite) {
  std::ostringstream text;
  text.precision(17);
  text << "# Geometry of a CT scan; lengths in mm, positions in LPS. See voxprior's docs/raw-data.md.\nversion = "
       << kVersion << "\n\n[beam]\nshape = \"" << word_of(scan.beam) << "\"\n";
  if (scan.beam != ScanGeometry::Beam::parallel) {
    text << "source_to_isocentre_mm = " << scan.source_to_isocentre_mm
         << "\nsource_to_detector_mm = " << scan.source_to_detector_mm << '\n';
  }
  text << "angles_deg = " << list(scan.angles_deg) << "\n\n[detector]\nshape = \""
       << (scan.detector == ScanGeometry::Detector::arc ? "arc" : "flat")
       << "\"\ncolumn_pitch_mm = " << scan.column_pitch_mm << "\nrow_pitch_mm = " << scan.row_pitch_mm
       << "\ncolumn_offset_mm = " << scan.column_offset_mm << '\n';
  if (scan.beam == ScanGeometry::Beam::cone) text << "row_offset_mm = " << scan.row_offset_mm << '\n';
  if (scan.photons_per_ray > 0) {
    text << "\n[photons]\nper_ray = " << scan.photons_per_ray << "\nelectronic_sigma = " << scan.electronic_sigma
         << '\n';
  }
  if (scan.grid) {
    text << "\n[grid]\nsize = " << list(scan.grid->size) << "\nspacing_mm = " << list(scan.grid->spacing_mm)
         << "\nfirst_voxel_mm = " << list(scan.grid->origin_mm)
         << "\nlps_from_index = " << list(scan.grid->lps_from_index) << "\nisocentre_mm = " << list(scan.isocentre_mm)
         << '\n';
  }
  write_file(path, text.str(), overwrite);
}

}  // namespace voxprior
