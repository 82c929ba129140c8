#include <ismrmrd/xml.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <optional>
#include <set>

#include "io/grid.h"
#include "io/raw/ismrmrd_file.h"
#include "io/raw/ismrmrd_handle.h"
#include "io/raw/ismrmrd_readouts.h"
#include "io/stream/input_stream.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using Complex = std::complex<float>;

enum class Use { image, calibration, noise, none };

/// What a readout is for. A scan whose lines serve calibration and image at once is an image.
Use use_of(const Readout& readout) {
  using namespace ISMRMRD;
  for (const int flag :
       {ISMRMRD_ACQ_IS_NAVIGATION_DATA, ISMRMRD_ACQ_IS_PHASECORR_DATA, ISMRMRD_ACQ_IS_HPFEEDBACK_DATA,
        ISMRMRD_ACQ_IS_DUMMYSCAN_DATA, ISMRMRD_ACQ_IS_RTFEEDBACK_DATA, ISMRMRD_ACQ_IS_SURFACECOILCORRECTIONSCAN_DATA,
        ISMRMRD_ACQ_IS_PHASE_STABILIZATION_REFERENCE, ISMRMRD_ACQ_IS_PHASE_STABILIZATION}) {
    if (readout.has(flag)) return Use::none;
  }
  if (readout.has(ISMRMRD_ACQ_IS_NOISE_MEASUREMENT)) return Use::noise;
  if (readout.has(ISMRMRD_ACQ_IS_PARALLEL_CALIBRATION_AND_IMAGING)) return Use::image;
  return readout.has(ISMRMRD_ACQ_IS_PARALLEL_CALIBRATION) ? Use::calibration : Use::image;
}

ISMRMRD::IsmrmrdHeader read_header(const fs::path& path, const IsmrmrdHandle& file) {
  const std::unique_ptr<char, decltype(&std::free)> text(ISMRMRD::ismrmrd_read_header(file.get()), &std::free);
  ISMRMRD::IsmrmrdHeader header;
  try {
    if (text) ISMRMRD::deserialize(text.get(), header);
  } catch (const std::exception&) {
    header.encoding.clear();
  }
  if (header.encoding.empty()) fail(ExitCode::input, path, ": its ISMRMRD header is damaged or has no encoding");
  return header;
}

struct Counter {
  const char* name;
  int (*value)(const Readout&);
};

const Counter kCounters[] = {
    {"encoding", [](const Readout& r) { return int{r.encoding_space_ref}; }},
    {"slice", [](const Readout& r) { return int{r.idx.slice}; }},
    {"contrast", [](const Readout& r) { return int{r.idx.contrast}; }},
    {"phase", [](const Readout& r) { return int{r.idx.phase}; }},
    {"repetition", [](const Readout& r) { return int{r.idx.repetition}; }},
    {"set", [](const Readout& r) { return int{r.idx.set}; }},
};

/// Marks as unused what is of another slice, contrast and so on than the one to take, which must be unique.
void select_scan(const fs::path& path, const std::vector<Readout>& headers, const KSpaceSelection& selection,
                 std::vector<Use>& uses) {
  for (const auto& [name, value] : selection) {
    if (std::none_of(std::begin(kCounters), std::end(kCounters),
                     [&name = name](const Counter& c) { return name == c.name; }))
      fail(ExitCode::usage, "--select: '", name,
           "' is not one of encoding, slice, contrast, phase, repetition and set");
  }
  for (const Counter& counter : kCounters) {
    std::set<int> found;
    for (std::size_t n = 0; n < headers.size(); ++n)
      if (uses[n] == Use::image) found.insert(counter.value(headers[n]));
    if (found.empty()) fail(ExitCode::input, path, ": has no readout of an image");
    const auto chosen = selection.find(counter.name);
    if (chosen == selection.end() && found.size() > 1) {
      fail(ExitCode::input, path, ": has ", found.size(), " values of \"", counter.name, "\" (", *found.begin(), " to ",
           *found.rbegin(), "); choose one with --select ", counter.name, "=", *found.begin());
    }
    const int value = chosen == selection.end() ? *found.begin() : chosen->second;
    if (found.count(value) == 0)
      fail(ExitCode::usage, path, ": has no readout with ", counter.name, " = ", value, "; see --select");
    for (std::size_t n = 0; n < headers.size(); ++n) {
      const bool other = counter.value(headers[n]) != value;
      if (other && (uses[n] == Use::image || uses[n] == Use::calibration)) uses[n] = Use::none;
    }
  }
}

const Readout& first_image(const std::vector<Readout>& headers, const std::vector<Use>& uses) {
  return headers[static_cast<std::size_t>(std::find(uses.begin(), uses.end(), Use::image) - uses.begin())];
}

void check_alike(const fs::path& path, const std::vector<Readout>& headers, const std::vector<Use>& uses) {
  const Readout& first = first_image(headers, uses);
  if (first.active_channels == 0) fail(ExitCode::input, path, ": has no coil (active_channels is 0)");
  for (std::size_t n = 0; n < headers.size(); ++n) {
    const Readout& readout = headers[n];
    if (uses[n] == Use::noise || uses[n] == Use::none) continue;
    if (readout.active_channels != first.active_channels)
      fail(ExitCode::input, path, ": has readouts with ", first.active_channels, " and with ", readout.active_channels,
           " coils");
    if (uses[n] == Use::image && (readout.position != first.position || readout.read_dir != first.read_dir ||
                                  readout.phase_dir != first.phase_dir || readout.slice_dir != first.slice_dir))
      fail(ExitCode::input, path, ": readout ", n, " lies at another place than the first; one image has one place");
  }
}

/// The voxels to show along an axis: as much of what was encoded as the field of view of the image.
std::int64_t shown_voxels(std::int64_t encoded, double encoded_mm, double shown_mm) {
  if (!(shown_mm > 0) || shown_mm >= encoded_mm) return encoded;
  const double voxels = std::round(static_cast<double>(encoded) * shown_mm / encoded_mm);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(voxels));
}

void place(const fs::path& path, const ISMRMRD::Encoding& encoding, const Readout& readout, KSpace& kspace) {
  const auto& matrix = encoding.encodedSpace.matrixSize;
  const auto &encoded = encoding.encodedSpace.fieldOfView_mm, &shown = encoding.reconSpace.fieldOfView_mm;
  kspace.grid.size = {matrix.x, matrix.y, matrix.z};
  const std::array<double, 3> encoded_mm{encoded.x, encoded.y, encoded.z}, shown_mm{shown.x, shown.y, shown.z};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (!(encoded_mm[axis] > 0) || !std::isfinite(encoded_mm[axis]))
      fail(ExitCode::input, path, ": its encoded field of view is not positive");
    kspace.shown[axis] = shown_voxels(kspace.grid.size[axis], encoded_mm[axis], shown_mm[axis]);
  }

  const std::array<std::array<float, 3>, 3> directions{readout.read_dir, readout.phase_dir, readout.slice_dir};
  const bool directed =
      std::any_of(directions.begin(), directions.end(), [](const auto& d) { return d != std::array<float, 3>{}; });
  Affine affine{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double spacing = encoded_mm[axis] / static_cast<double>(kspace.grid.size[axis]);
    const double length = std::hypot(directions[axis][0], directions[axis][1], directions[axis][2]);
    for (std::size_t row = 0; row < 3; ++row) {
      const double cosine = directed ? directions[axis][row] / length : (row == axis ? 1 : 0);
      affine[4 * row + axis] = cosine * spacing;
    }
  }
  // The gradients' centre is the voxel N/2, at `position`.
  for (std::size_t row = 0; row < 3; ++row) {
    affine[4 * row + 3] = readout.position[row];
    for (std::size_t axis = 0; axis < 3; ++axis)
      affine[4 * row + 3] -= affine[4 * row + axis] * static_cast<double>(kspace.grid.size[axis] / 2);
  }
  kspace.grid = geometry_from_affine(path, kspace.grid.size, affine);
  kspace.placed = true;
  if (!directed) kspace.notices.push_back("the readouts have no directions; axes assumed left, posterior, superior");
}

/// Where a readout goes in the grid.
struct Line {
  std::int64_t j = 0, k = 0;
  std::int64_t first_i = 0;  ///< position of the sample after those to discard
  std::int64_t count = 0;    ///< samples to keep
};

std::int64_t centre_of(const ISMRMRD::Optional<ISMRMRD::Limit>& limit, std::int64_t size) {
  return limit ? limit->center : size / 2;
}

Line line_of(const fs::path& path, const Readout& readout, const ISMRMRD::Encoding& encoding, const Geometry& grid,
             std::size_t number) {
  const auto& limits = encoding.encodingLimits;
  const auto& size = grid.size;
  Line line;
  line.j = readout.idx.kspace_encode_step_1 - centre_of(limits.kspace_encoding_step_1, size[1]) + size[1] / 2;
  line.k = readout.idx.kspace_encode_step_2 - centre_of(limits.kspace_encoding_step_2, size[2]) + size[2] / 2;
  // Some converters leave the centre at 0 where a whole line was sampled.
  const bool centre_unset = readout.center_sample == 0 && readout.number_of_samples == size[0];
  const std::int64_t centre = centre_unset ? size[0] / 2 : readout.center_sample;
  line.first_i = readout.discard_pre - centre + size[0] / 2;
  line.count = std::int64_t{readout.number_of_samples} - readout.discard_pre - readout.discard_post;
  const bool inside = line.j >= 0 && line.j < size[1] && line.k >= 0 && line.k < size[2] && line.first_i >= 0 &&
                      line.count > 0 && line.first_i + line.count <= size[0];
  if (!inside) {
    fail(ExitCode::input, path, ": readout ", number, " (line ", line.j, ", partition ", line.k, ", samples ",
         line.first_i, " to ", line.first_i + line.count - 1, ") lies outside the encoded matrix ", size[0], " x ",
         size[1], " x ", size[2]);
  }
  return line;
}

/// Adds up the readouts of a position; the mean is taken at the end.
class Accumulator {
 public:
  explicit Accumulator(const KSpace& kspace)
      : size_(kspace.grid.size),
        coils_(kspace.coils),
        sums(static_cast<std::size_t>(kspace.coils * kspace.positions())),
        counts(static_cast<std::size_t>(kspace.positions()), 0) {}

  void add(const Line& line, const Readout& readout, const Complex* samples) {
    const std::int64_t start = (line.k * size_[1] + line.j) * size_[0] + line.first_i;
    const std::int64_t positions = size_[0] * size_[1] * size_[2];
    const bool reversed = readout.has(ISMRMRD::ISMRMRD_ACQ_IS_REVERSE);
    for (std::int64_t coil = 0; coil < coils_; ++coil) {
      const Complex* from = samples + coil * readout.number_of_samples;
      for (std::int64_t n = 0; n < line.count; ++n) {
        const std::int64_t at = readout.discard_pre + n;
        sums[static_cast<std::size_t>(coil * positions + start + n)] +=
            from[reversed ? readout.number_of_samples - 1 - at : at];
      }
    }
    for (std::int64_t n = 0; n < line.count; ++n) ++counts[static_cast<std::size_t>(start + n)];
  }

  std::vector<Complex> means() {
    for (std::size_t n = 0; n < sums.size(); ++n)
      if (counts[n % counts.size()] > 1) sums[n] /= static_cast<float>(counts[n % counts.size()]);
    return std::move(sums);
  }

 private:
  std::array<std::int64_t, 3> size_;
  std::int64_t coils_;

 public:
  std::vector<Complex> sums;
  std::vector<std::uint32_t> counts;
};

}  // namespace

KSpace read_ismrmrd(const fs::path& path, const KSpaceSelection& selection, const RawLimits& limits) {
  check_input_file(path);
  const IsmrmrdHandle file(path);
  if (!file.is_open())
    fail(ExitCode::input, path, ": is no HDF5 file, or one that was cut or damaged; copy or download it again");
  if (!file.has("xml") || !file.has("data"))
    fail(ExitCode::input, path, ": is an HDF5 file, but no ISMRMRD data (dataset/xml and dataset/data)");

  const ISMRMRD::IsmrmrdHeader header = read_header(path, file);
  const std::vector<Readout> headers = read_headers(path, file);
  std::vector<Use> uses(headers.size());
  std::transform(headers.begin(), headers.end(), uses.begin(), use_of);
  select_scan(path, headers, selection, uses);
  check_alike(path, headers, uses);

  const Readout& first = first_image(headers, uses);
  if (first.encoding_space_ref >= header.encoding.size())
    fail(ExitCode::input, path, ": its readouts refer to an encoding that the header does not have");
  const ISMRMRD::Encoding& encoding = header.encoding[first.encoding_space_ref];
  if (encoding.trajectory != ISMRMRD::TrajectoryType::CARTESIAN)
    fail(ExitCode::input, path, ": was not sampled on a Cartesian grid, which is all that is read from ISMRMRD here");

  KSpace kspace;
  kspace.coils = first.active_channels;
  const auto& matrix = encoding.encodedSpace.matrixSize;
  checked_count(path, {kspace.coils, matrix.z, matrix.y, matrix.x}, limits);
  place(path, encoding, first, kspace);

  std::vector<Line> lines(headers.size());
  std::vector<bool> wanted(headers.size(), false);
  bool other_noise = false;
  for (std::size_t n = 0; n < headers.size(); ++n) {
    if (uses[n] == Use::noise && headers[n].active_channels != kspace.coils) {
      uses[n] = Use::none;
      other_noise = true;
    }
    if (uses[n] == Use::image || uses[n] == Use::calibration)
      lines[n] = line_of(path, headers[n], encoding, kspace.grid, n);
    wanted[n] = uses[n] != Use::none;
  }
  if (other_noise) kspace.notices.push_back("the noise scan has another number of coils and is left out");

  Accumulator image(kspace);
  std::optional<Accumulator> calibration;
  std::vector<std::vector<Complex>> noise(static_cast<std::size_t>(kspace.coils));
  read_samples(path, file, headers, wanted, [&](std::size_t n, const Complex* samples) {
    if (uses[n] == Use::image) image.add(lines[n], headers[n], samples);
    if (uses[n] == Use::calibration) {
      if (!calibration) calibration.emplace(kspace);
      calibration->add(lines[n], headers[n], samples);
    }
    if (uses[n] == Use::noise) {
      for (std::size_t coil = 0; coil < noise.size(); ++coil) {
        const Complex* from = samples + coil * headers[n].number_of_samples;
        noise[coil].insert(noise[coil].end(), from, from + headers[n].number_of_samples);
      }
    }
  });

  kspace.sampled.resize(image.counts.size());
  std::transform(image.counts.begin(), image.counts.end(), kspace.sampled.begin(),
                 [](std::uint32_t count) { return static_cast<std::uint8_t>(count > 0 ? 1 : 0); });
  kspace.samples = image.means();
  if (calibration) kspace.calibration = calibration->means();
  for (const auto& coil : noise) kspace.noise.insert(kspace.noise.end(), coil.begin(), coil.end());
  return kspace;
}

}  // namespace voxprior
