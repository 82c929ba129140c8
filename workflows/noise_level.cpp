#include "workflows/noise_level.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/error.h"
#include "pipeline/noise/ct_noise.h"
#include "workflows/cli/arguments.h"
#include "workflows/sigma_map.h"
#include "workflows/statistics.h"

namespace voxprior {
namespace {

/// "0.7" or "0.7,0.7,1": a number for each of i, j, k, from `least` to `most`.
std::array<double, 3> three_numbers(const std::string& all, const std::string& text, double least, double most) {
  std::vector<double> found;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    std::size_t used = 0;
    double value = -1;
    try {
      value = std::stod(word, &used);
    } catch (const std::exception&) {
      used = 0;
    }
    if (used == 0 || used != word.size() || !(value >= least && value <= most))
      found.clear(), words.setstate(std::ios::eofbit);
    else
      found.push_back(value);
  }
  if (found.size() == 1) found = {found[0], found[0], found[0]};
  if (found.size() != 3)
    fail(ExitCode::usage, "--spectrum: '", all,
         "' is none of auto, white and SHARES[/TAPERS], one number or three with commas; shares are above 0 and up to "
         "1, "
         "tapers 0 to 0.5");
  return {found[0], found[1], found[2]};
}

KspaceFilter parse_filter(const std::string& text) {
  const std::size_t slash = text.find('/');
  KspaceFilter filter;
  filter.kept = three_numbers(text, text.substr(0, slash), 0.05, 1);
  if (slash != std::string::npos) filter.taper = three_numbers(text, text.substr(slash + 1), 0, KspaceFilter::kHann);
  return filter;
}

double root_mean_square(const std::vector<float>& map, const std::vector<float>& volume) {
  double squares = 0, count = 0;
  for (std::size_t i = 0; i < map.size(); ++i) {
    if (volume[i] == 0) continue;
    squares += static_cast<double>(map[i]) * map[i];
    ++count;
  }
  return count > 0 ? std::sqrt(squares / count) : 0;
}

/// Of an MR volume; what the user said takes the place of what was seen.
double strength_of(const NoiseSurvey& seen, const NoiseChoice& choice) {
  if (choice.sigma) return *choice.sigma;
  if (choice.filter && !choice.filter->keeps_all()) {
    if (!seen.texture.seen)
      fail(ExitCode::input, "--spectrum: how strong noise with this spectrum is cannot be told from the volume; give ",
           "--sigma, too");
    return seen.texture.sigma;
  }
  const bool taken_as_white = seen.correlated() && choice.filter;
  const bool taken_as_even = seen.varies() && choice.spread == NoiseChoice::Spread::even;
  return taken_as_white || taken_as_even ? seen.whole.sigma : seen.sigma;
}

NoiseLevel mr_noise(const Volume& volume, const NoiseChoice& choice) {
  NoiseSurvey seen = survey_noise(volume.voxels.data(), volume.geometry.size, choice.kind);
  NoiseLevel noise;
  noise.kind = seen.whole.kind;
  noise.sigma = strength_of(seen, choice);
  noise.white = seen.whole.white && !seen.correlated();
  noise.message = seen.message;
  noise.denoised_before = seen.denoised_before();
  noise.filter = choice.filter ? *choice.filter : seen.correlated() ? seen.texture.filter : KspaceFilter();
  const bool map_wanted = choice.spread == NoiseChoice::Spread::automatic && !choice.sigma && noise.filter.keeps_all();
  if (seen.varies() && map_wanted) noise.map = std::move(seen.local.sigma);
  return noise;
}

NoiseLevel ct_noise(const Volume& volume, const NoiseChoice& choice) {
  NoiseLevel noise;
  if (choice.filter) noise.filter = *choice.filter;
  if (choice.sigma) {
    noise.sigma = *choice.sigma;
  } else if (choice.spread != NoiseChoice::Spread::file) {
    CtNoise seen = survey_ct_noise(volume.voxels.data(), volume.geometry.size);
    const bool map_wanted = choice.spread == NoiseChoice::Spread::automatic && noise.filter.keeps_all();
    noise.sigma = map_wanted ? seen.sigma() : seen.even_sigma;
    if (map_wanted && seen.local.varies) noise.map = std::move(seen.local.sigma);
  }
  return noise;
}

void note_texture(NoiseLevel& noise, const Volume& volume) {
  noise.texture = kernel_texture(volume.voxels.data(), volume.geometry.size, noise.sigma);
  if (noise.texture.seen) noise.white = noise.texture.white();
}

}  // namespace

NoiseChoice parse_noise_choice(const std::string& kind, const std::string& sigma, const std::string& sigma_map,
                               const std::string& spectrum) {
  NoiseChoice choice;
  if (kind == "gaussian") choice.kind = NoiseKind::gaussian;
  if (kind == "rician") choice.kind = NoiseKind::rician;
  if (sigma != "auto") choice.sigma = parse_positive("--sigma", sigma);
  if (sigma_map == "none") {
    choice.spread = NoiseChoice::Spread::even;
  } else if (sigma_map != "auto") {
    choice.spread = NoiseChoice::Spread::file;
    choice.map_file = sigma_map;
    if (choice.sigma)
      fail(ExitCode::usage, "--sigma and --sigma-map both say how strong the noise is; give one of them");
  }
  if (spectrum != "auto") choice.filter = spectrum == "white" ? KspaceFilter() : parse_filter(spectrum);
  return choice;
}

NoiseLevel noise_level(const Volume& volume, const NoiseChoice& choice) {
  const bool map_given = choice.spread == NoiseChoice::Spread::file;
  NoiseLevel noise = is_ct(volume) ? ct_noise(volume, choice) : mr_noise(volume, choice);
  if (map_given) {
    noise.map = read_sigma_map(choice.map_file, volume, {});
    noise.sigma = root_mean_square(noise.map, volume.voxels);
  }
  if (is_ct(volume) && !choice.filter && noise.sigma > 0) note_texture(noise, volume);
  noise.estimated = !choice.sigma && !map_given;
  return noise;
}

const char* name_of(NoiseKind kind) {
  switch (kind) {
    case NoiseKind::automatic:
      return "auto";
    case NoiseKind::gaussian:
      return "gaussian";
    case NoiseKind::rician:
      return "rician";
  }
  return "unknown";
}

nlohmann::ordered_json whiteness_of(const NoiseLevel& noise) {
  return noise.white ? nlohmann::ordered_json(*noise.white) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json record_of(const KspaceFilter& filter) {
  if (filter.keeps_all()) return nullptr;
  return {{"kept", filter.kept}, {"taper", filter.taper}};
}

nlohmann::ordered_json record_of(const KernelTexture& texture) {
  if (texture.white()) return nullptr;
  return {{"cutoff", texture.cutoff}, {"overlap", texture.overlap}};
}

}  // namespace voxprior
