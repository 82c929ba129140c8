#include <ismrmrd/xml.h>

#include <algorithm>
#include <limits>
#include <sstream>

#include "io/raw/ismrmrd_file.h"
#include "io/raw/ismrmrd_handle.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using Complex = std::complex<float>;

constexpr std::int64_t kLargest = std::numeric_limits<std::uint16_t>::max();  // ISMRMRD counts in 16 bits

std::uint16_t narrow(std::int64_t n) { return static_cast<std::uint16_t>(n); }

[[noreturn]] void refuse(const fs::path& path) {
  fail(ExitCode::output, path, ": not written, HDF5 failed; memory may be short");
}

std::string header_text(const KSpace& kspace) {
  const Geometry& grid = kspace.grid;
  ISMRMRD::Encoding encoding;
  encoding.trajectory = kspace.on_grid() ? ISMRMRD::TrajectoryType::CARTESIAN : ISMRMRD::TrajectoryType::OTHER;
  encoding.encodedSpace.matrixSize = {narrow(grid.size[0]), narrow(grid.size[1]), narrow(grid.size[2])};
  encoding.reconSpace.matrixSize = {narrow(kspace.shown[0]), narrow(kspace.shown[1]), narrow(kspace.shown[2])};
  const auto extent = [&](const std::array<std::int64_t, 3>& size) {
    const auto mm = [&](std::size_t axis) {
      return static_cast<float>(static_cast<double>(size[axis]) * grid.spacing_mm[axis]);
    };
    return ISMRMRD::FieldOfView_mm{mm(0), mm(1), mm(2)};
  };
  encoding.encodedSpace.fieldOfView_mm = extent(grid.size);
  encoding.reconSpace.fieldOfView_mm = extent(kspace.shown);
  const auto limit = [&](std::size_t axis) {
    return ISMRMRD::Limit(0, narrow(grid.size[axis] - 1), narrow(grid.size[axis] / 2));
  };
  encoding.encodingLimits.kspace_encoding_step_0 = limit(0);
  encoding.encodingLimits.kspace_encoding_step_1 = limit(1);
  encoding.encodingLimits.kspace_encoding_step_2 = limit(2);

  ISMRMRD::IsmrmrdHeader header;
  header.experimentalConditions.H1resonanceFrequency_Hz = 0;  // required, and nobody knows
  ISMRMRD::AcquisitionSystemInformation system;
  system.receiverChannels = narrow(kspace.coils);
  header.acquisitionSystemInformation = system;
  header.encoding.push_back(encoding);
  std::ostringstream text;
  ISMRMRD::serialize(header, text);
  return text.str();
}

/// Writes one readout after the other.
class Writer {
 public:
  Writer(const fs::path& path, const KSpace& kspace, const IsmrmrdHandle& file)
      : path_(path), kspace_(kspace), file_(file) {
    ISMRMRD::ismrmrd_init_acquisition(&readout_);
    auto& head = readout_.head;
    head.active_channels = head.available_channels = narrow(kspace.coils);
    const Geometry& grid = kspace.grid;
    for (std::size_t row = 0; row < 3; ++row) {
      double position = grid.origin_mm[row];
      for (std::size_t axis = 0; axis < 3; ++axis) {
        position +=
            grid.lps_from_index[3 * row + axis] * grid.spacing_mm[axis] * static_cast<double>(grid.size[axis] / 2);
      }
      head.position[row] = static_cast<float>(position);
      head.read_dir[row] = static_cast<float>(grid.lps_from_index[3 * row]);
      head.phase_dir[row] = static_cast<float>(grid.lps_from_index[3 * row + 1]);
      head.slice_dir[row] = static_cast<float>(grid.lps_from_index[3 * row + 2]);
    }
  }
  ~Writer() { ISMRMRD::ismrmrd_cleanup_acquisition(&readout_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// `count` samples of each coil, `stride` apart, from `samples` on.
  void write(const Complex* samples, std::int64_t count, std::int64_t stride, std::int64_t j, std::int64_t k,
             ISMRMRD::ISMRMRD_AcquisitionFlags flag, const float* trajectory = nullptr) {
    auto& head = readout_.head;
    head.flags = flag == 0 ? 0 : std::uint64_t{1} << (flag - 1);
    head.number_of_samples = narrow(count);
    head.center_sample = narrow(count / 2);
    head.idx.kspace_encode_step_1 = narrow(j);
    head.idx.kspace_encode_step_2 = narrow(k);
    head.scan_counter = number_++;
    head.trajectory_dimensions = trajectory == nullptr ? 0 : 3;
    bool good = ISMRMRD::ismrmrd_make_consistent_acquisition(&readout_) == ISMRMRD::ISMRMRD_NOERROR;
    for (std::int64_t coil = 0; good && coil < kspace_.coils; ++coil)
      std::copy_n(samples + coil * stride, count, readout_.data + coil * count);
    if (good && trajectory != nullptr) std::copy_n(trajectory, 3 * count, readout_.traj);
    good = good && ISMRMRD::ismrmrd_append_acquisition(file_.get(), &readout_) == ISMRMRD::ISMRMRD_NOERROR;
    if (!good) refuse(path_);
  }

  /// Every line of `samples` that `is_there` accepts, by the position of its first sample.
  template <typename IsThere>
  void write_lines(const std::vector<Complex>& samples, ISMRMRD::ISMRMRD_AcquisitionFlags flag, IsThere is_there) {
    const auto& size = kspace_.grid.size;
    for (std::int64_t k = 0; k < size[2]; ++k) {
      for (std::int64_t j = 0; j < size[1]; ++j) {
        const std::int64_t start = (k * size[1] + j) * size[0];
        if (is_there(start)) write(samples.data() + start, size[0], kspace_.positions(), j, k, flag);
      }
    }
  }

  void write_trajectory() {
    const std::int64_t length = kspace_.readout_length;
    for (std::int64_t start = 0; start < kspace_.positions(); start += length)
      write(kspace_.samples.data() + start, length, kspace_.positions(), start / length % (kLargest + 1), 0,
            static_cast<ISMRMRD::ISMRMRD_AcquisitionFlags>(0), kspace_.trajectory.data() + 3 * start);
  }

 private:
  const fs::path& path_;
  const KSpace& kspace_;
  const IsmrmrdHandle& file_;
  ISMRMRD::ISMRMRD_Acquisition readout_;
  std::uint32_t number_ = 0;
};

void write_noise(const KSpace& kspace, Writer& writer) {
  const std::int64_t all = kspace.noise_samples();
  for (std::int64_t done = 0; done < all;) {
    const std::int64_t count = std::min(all - done, kLargest);
    writer.write(kspace.noise.data() + done, count, all, 0, 0, ISMRMRD::ISMRMRD_ACQ_IS_NOISE_MEASUREMENT);
    done += count;
  }
}

}  // namespace

void write_ismrmrd(const fs::path& path, const KSpace& kspace, Overwrite overwrite) {
  const auto& size = kspace.grid.size;
  if (*std::max_element(size.begin(), size.end()) > kLargest || kspace.coils > kLargest)
    fail(ExitCode::output, path, ": not written, ISMRMRD has no room for more than ", kLargest,
         " samples along an axis");

  AtomicFile file(path, overwrite);
  const IsmrmrdHandle handle;
  const std::string header = header_text(kspace);
  if (!handle.is_open() || ISMRMRD::ismrmrd_write_header(handle.get(), header.c_str()) != ISMRMRD::ISMRMRD_NOERROR)
    refuse(path);
  Writer writer(path, kspace, handle);
  write_noise(kspace, writer);
  if (!kspace.on_grid()) writer.write_trajectory();
  const auto in_calibration = [&](std::int64_t start) {
    return kspace.calibration[static_cast<std::size_t>(start)] != Complex(0);
  };
  if (!kspace.calibration.empty())
    writer.write_lines(kspace.calibration, ISMRMRD::ISMRMRD_ACQ_IS_PARALLEL_CALIBRATION, in_calibration);
  const auto was_sampled = [&](std::int64_t start) { return kspace.sampled[static_cast<std::size_t>(start)] != 0; };
  if (kspace.on_grid())
    writer.write_lines(kspace.samples, static_cast<ISMRMRD::ISMRMRD_AcquisitionFlags>(0), was_sampled);
  const std::string bytes = handle.bytes();
  if (bytes.empty()) refuse(path);
  file.write(bytes);
  file.commit();
}

}  // namespace voxprior
