#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "io/raw/ismrmrd_handle.h"

namespace voxprior {

/// ISMRMRD's loop counters, those that matter here.
struct ReadoutCounters {
  std::uint16_t kspace_encode_step_1 = 0, kspace_encode_step_2 = 0, slice = 0, contrast = 0, phase = 0, repetition = 0,
                set = 0;
};

/// What is read of an acquisition's header; names and meaning as in ISMRMRD.
struct Readout {
  std::uint64_t flags = 0;
  std::uint16_t number_of_samples = 0, active_channels = 0, discard_pre = 0, discard_post = 0, center_sample = 0,
                encoding_space_ref = 0, trajectory_dimensions = 0;
  std::array<float, 3> position{}, read_dir{}, phase_dir{}, slice_dir{};
  ReadoutCounters idx;

  /// `flag` counts from 1, as ISMRMRD's do.
  bool has(int flag) const { return ((flags >> (flag - 1)) & 1) != 0; }
};

/// All headers, without the samples. Throws Error(ExitCode::input) when they cannot be read whole.
std::vector<Readout> read_headers(const std::filesystem::path& path, const IsmrmrdHandle& file);

/// Calls `take` with the number of every readout that `wanted` marks, its samples [channel][sample] and its trajectory
/// [sample][trajectory_dimensions], checked to be as many as its header says and the samples finite.
void read_samples(
    const std::filesystem::path& path, const IsmrmrdHandle& file, const std::vector<Readout>& headers,
    const std::vector<bool>& wanted,
    const std::function<void(std::size_t number, const std::complex<float>* samples, const float* trajectory)>& take);

}  // namespace voxprior
