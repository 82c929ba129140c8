#include <algorithm>
#include <optional>

#include "io/raw/ismrmrd_file.h"
#include "io/raw/ismrmrd_handle.h"
#include "io/raw/ismrmrd_scan.h"
#include "io/raw/trajectory.h"
#include "io/stream/input_stream.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using Complex = std::complex<float>;

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

/// Readouts on the grid, averaged where there are several of one place.
void read_on_grid(const fs::path& path, const IsmrmrdHandle& file, const IsmrmrdScan& scan, KSpace& kspace) {
  std::vector<Line> lines(scan.headers.size());
  for (std::size_t n = 0; n < lines.size(); ++n)
    if (scan.uses[n] == Use::image || scan.uses[n] == Use::calibration)
      lines[n] = line_of(path, scan.headers[n], scan.encoding, kspace.grid, n);

  Accumulator image(kspace);
  std::optional<Accumulator> calibration;
  NoiseSamples noise(kspace.coils);
  read_samples(path, file, scan.headers, scan.wanted(), [&](std::size_t n, const Complex* samples, const float*) {
    if (scan.uses[n] == Use::image) image.add(lines[n], scan.headers[n], samples);
    if (scan.uses[n] == Use::calibration) {
      if (!calibration) calibration.emplace(kspace);
      calibration->add(lines[n], scan.headers[n], samples);
    }
    if (scan.uses[n] == Use::noise) noise.add(scan.headers[n], samples);
  });

  kspace.sampled.resize(image.counts.size());
  std::transform(image.counts.begin(), image.counts.end(), kspace.sampled.begin(),
                 [](std::uint32_t count) { return static_cast<std::uint8_t>(count > 0 ? 1 : 0); });
  kspace.samples = image.means();
  if (calibration) kspace.calibration = calibration->means();
  kspace.noise = noise.all();
}

/// Leaves out what has no place in a scan off the grid, and refuses what has no trajectory. Returns its samples.
std::int64_t check_off_grid(const fs::path& path, const RawLimits& limits, IsmrmrdScan& scan, KSpace& kspace) {
  bool calibrated = false;
  std::int64_t count = 0;
  for (std::size_t n = 0; n < scan.headers.size(); ++n) {
    const Readout& readout = scan.headers[n];
    if (scan.uses[n] == Use::calibration) {
      scan.uses[n] = Use::none;
      calibrated = true;
    }
    if (scan.uses[n] != Use::image) continue;
    if (readout.trajectory_dimensions != 2 && readout.trajectory_dimensions != 3)
      fail(ExitCode::input, path, ": was not sampled on a Cartesian grid, but its readout ", n,
           " does not say where: its trajectory has ", readout.trajectory_dimensions, " dimensions, 2 or 3 are needed");
    if (readout.number_of_samples <= readout.discard_pre + readout.discard_post)
      fail(ExitCode::input, path, ": readout ", n, " discards all of its samples; the file is damaged");
    kspace.readout_length = readout.number_of_samples - readout.discard_pre - readout.discard_post;
    count += kspace.readout_length;
  }
  checked_count(path, {kspace.coils, count}, limits);
  if (calibrated) kspace.notices.push_back("separate calibration lines are left out: the image is off the grid");
  return count;
}

/// Readouts along a trajectory, one after the other. Where that has two dimensions, the third is a phase encoding: a
/// stack of stars or spirals.
void read_off_grid(const fs::path& path, const IsmrmrdHandle& file, const RawLimits& limits, IsmrmrdScan& scan,
                   KSpace& kspace) {
  const std::int64_t count = check_off_grid(path, limits, scan, kspace);
  const std::int64_t depth = kspace.grid.size[2];
  std::vector<float> partitions;
  NoiseSamples noise(kspace.coils);
  kspace.samples.resize(static_cast<std::size_t>(kspace.coils * count));
  std::size_t at = 0;
  read_samples(path, file, scan.headers, scan.wanted(), [&](std::size_t n, const Complex* samples, const float* where) {
    const Readout& readout = scan.headers[n];
    if (scan.uses[n] == Use::noise) noise.add(readout, samples);
    if (scan.uses[n] != Use::image) return;
    const std::size_t dimensions = readout.trajectory_dimensions, length = readout.number_of_samples;
    const std::int64_t step = readout.idx.kspace_encode_step_2;
    const auto partition =
        static_cast<float>(step - centre_of(scan.encoding.encodingLimits.kspace_encoding_step_2, depth));
    for (std::size_t m = readout.discard_pre; m < length - readout.discard_post; ++m, ++at) {
      for (std::size_t axis = 0; axis < 3; ++axis)
        kspace.trajectory.push_back(axis < dimensions ? where[dimensions * m + axis] : 0);
      partitions.push_back(dimensions == 2 ? partition : 0);
      for (std::size_t coil = 0; coil < static_cast<std::size_t>(kspace.coils); ++coil)
        kspace.samples[coil * static_cast<std::size_t>(count) + at] = samples[coil * length + m];
    }
  });
  kspace.noise = noise.all();
  kspace.notices.push_back(to_cycles_per_view(path, kspace.trajectory, kspace.grid.size));
  for (std::size_t m = 0; m < partitions.size(); ++m) {
    kspace.trajectory[3 * m + 2] += partitions[m];
    if (2 * std::abs(kspace.trajectory[3 * m + 2]) > static_cast<float>(depth) * 1.001F && depth > 1)
      fail(ExitCode::input, path, ": a partition ", partitions[m], " from the centre lies outside the ", depth,
           " that were encoded");
  }
}

}  // namespace

KSpace read_ismrmrd(const fs::path& path, const KSpaceSelection& selection, const RawLimits& limits) {
  check_input_file(path);
  const IsmrmrdHandle file(path);
  if (!file.is_open())
    fail(ExitCode::input, path, ": is no HDF5 file, or one that was cut or damaged; copy or download it again");
  if (!file.has("xml") || !file.has("data"))
    fail(ExitCode::input, path, ": is an HDF5 file, but no ISMRMRD data (dataset/xml and dataset/data)");

  IsmrmrdScan scan = select_scan(path, file, selection);
  KSpace kspace = placed_kspace(path, scan, limits);
  if (scan.encoding.trajectory == ISMRMRD::TrajectoryType::CARTESIAN)
    read_on_grid(path, file, scan, kspace);
  else
    read_off_grid(path, file, limits, scan, kspace);
  return kspace;
}

}  // namespace voxprior
