#include "workflows/mode_folder.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/version.h"
#include "io/volume_file.h"
#include "workflows/platform.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

constexpr float kFrameValue = 1000;

fs::path design_path(const fs::path& folder) { return folder / "modes.json"; }

std::string volume_name(std::size_t index) {
  char name[48];
  std::snprintf(name, sizeof name, "mode-%06zu.nii.gz", index);
  return name;
}

/// RAS axes, the middle at 0 mm, voxels of 1 mm.
Geometry grid_of(const ModeDesign& design) {
  const double half = static_cast<double>(design.side - 1) / 2;
  Geometry grid;
  grid.size = {design.side, design.side, design.side};
  grid.lps_from_index = {-1, 0, 0, 0, -1, 0, 0, 0, 1};
  grid.origin_mm = {half, half, -half};
  return grid;
}

void write_int16(const fs::path& path, const Geometry& grid, std::vector<float> voxels, Overwrite overwrite) {
  Volume volume;
  volume.geometry = grid;
  volume.modality = Modality::mr;
  volume.stored.type = VoxelType::int16;
  volume.voxels = std::move(voxels);
  write_volume(path, volume, {overwrite, std::string("SYNTHETIC, voxprior ") + version() + " simulate modes"});
}

std::string csv_line(const std::string& file, const ModeDesign& design, const ModeDraw& draw) {
  const Mode& mode = design.modes[draw.mode];
  char text[160];
  std::snprintf(text, sizeof text, "%s,%zu,%s,%s,%g,%.4f,%.4f,%.4f\n", file.c_str(), draw.mode, kModeShapes[mode.shape],
                kModePositions[mode.position], kModeContrasts[mode.contrast], draw.shift[0], draw.shift[1],
                draw.shift[2]);
  return text;
}

std::string design_text(const ModeDesign& design, std::size_t count, std::uint64_t seed) {
  nlohmann::ordered_json json{{"program", "voxprior"},
                              {"version", version()},
                              {"command_line", process_command_line()},
                              {"design", design.name},
                              {"side", design.side},
                              {"volumes", count},
                              {"seed", seed},
                              {"modes", nlohmann::json::array()}};
  for (const Mode& mode : design.modes) json["modes"].push_back({{"name", name_of(mode)}, {"share", mode.frequency}});
  return json.dump(2, ' ', false, nlohmann::detail::error_handler_t::replace) + "\n";
}

}  // namespace

void write_mode_folder(const fs::path& folder, const ModeDesign& design, std::size_t count, std::uint64_t seed,
                       Overwrite overwrite, ProgressDisplay& progress) {
  fs::create_directories(folder);
  check_writable(design_path(folder), overwrite);
  const Geometry grid = grid_of(design);
  std::string table = "file,mode,shape,position,contrast,shift_i,shift_j,shift_k\n";
  for (std::size_t n = 0; n < count; ++n) {
    ModeDraw draw = draw_mode_volume(design, seed, n);
    for (float& v : draw.image.voxels) v = std::round(kFrameValue * v);
    table += csv_line(volume_name(n), design, draw);
    write_int16(folder / volume_name(n), grid, std::move(draw.image.voxels), Overwrite::yes);
    progress.update(static_cast<double>(n + 1) / static_cast<double>(count));
  }
  write_file(folder / "modes.csv", table, Overwrite::yes);
  write_file(design_path(folder), design_text(design, count, seed), overwrite);
}

ModeDesign design_of_folder(const fs::path& folder) {
  const fs::path path = design_path(folder);
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(ExitCode::input, path, ": not there; modes are counted against a folder made by simulate modes");
  const auto json = nlohmann::json::parse(file, nullptr, false);
  const bool fits = json.is_object() && json.contains("design") && json["design"].is_string() &&
                    json.contains("side") && json["side"].is_number_integer();
  if (!fits) fail(ExitCode::input, path, ": does not say of which design the volumes are; make the folder again");
  return mode_design(json["design"].get<std::string>(), json["side"].get<std::int64_t>());
}

}  // namespace voxprior
