#include "io/raw/ismrmrd_readouts.h"

#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using Close = herr_t (*)(hid_t);

constexpr std::size_t kHeadersAtOnce = 4096, kReadoutsAtOnce = 64;
constexpr hsize_t kMostReadouts = 50'000'000;

[[noreturn]] void refuse(const fs::path& path) {
  fail(ExitCode::input, path, ": its readouts cannot be read whole; the file is damaged, copy it again");
}

/// An HDF5 identifier that is closed when it goes.
class Handle {
 public:
  Handle(const fs::path& path, hid_t id, Close close) : id_(id), close_(close) {
    if (id < 0) refuse(path);
  }
  ~Handle() { close_(id_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
  Close close_;
};

struct Member {
  const char* name;
  std::size_t offset;
  hid_t type;
};

/// A compound type in memory of some members of what is stored: HDF5 finds them by name.
class Compound {
 public:
  Compound(const fs::path& path, std::size_t bytes, const std::vector<Member>& members)
      : handle_(path, H5Tcreate(H5T_COMPOUND, bytes), H5Tclose) {
    for (const Member& member : members)
      if (H5Tinsert(handle_, member.name, member.offset, member.type) < 0) refuse(path);
  }
  operator hid_t() const { return handle_; }

 private:
  Handle handle_;
};

hid_t array_of_three() {
  const hsize_t three = 3;
  return H5Tarray_create2(H5T_NATIVE_FLOAT, 1, &three);
}

/// The stored list of acquisitions.
class Table {
 public:
  Table(const fs::path& path, const IsmrmrdHandle& file)
      : path_(path), set_(path, H5Dopen2(file.get()->fileid, "/dataset/data", H5P_DEFAULT), H5Dclose) {
    const Handle space(path, H5Dget_space(set_), H5Sclose);
    hsize_t sizes[H5S_MAX_RANK] = {};
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 1 || H5Sget_simple_extent_dims(space, sizes, nullptr) < 0) refuse(path);
    count_ = sizes[0];
    for (int axis = 1; axis < rank; ++axis)
      if (sizes[axis] != 1) refuse(path);
    rank_ = static_cast<std::size_t>(rank);
    if (count_ > kMostReadouts) refuse(path);
  }

  std::size_t count() const { return static_cast<std::size_t>(count_); }

  /// Reads entries first .. first + count - 1 as `type` into `values`.
  void read(std::size_t first, std::size_t count, hid_t type, void* values) const {
    const Handle stored(path_, H5Dget_space(set_), H5Sclose);
    std::vector<hsize_t> start(rank_, 0), size(rank_, 1);
    start[0] = first;
    size[0] = count;
    if (H5Sselect_hyperslab(stored, H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr) < 0) refuse(path_);
    const hsize_t in_memory = count;
    const Handle memory(path_, H5Screate_simple(1, &in_memory, nullptr), H5Sclose);
    if (H5Dread(set_, type, memory, stored, H5P_DEFAULT, values) < 0) refuse(path_);
  }

 private:
  const fs::path& path_;
  Handle set_;
  hsize_t count_ = 0;
  std::size_t rank_ = 1;
};

/// Lists of samples that HDF5 allocated.
class SampleLists {
 public:
  explicit SampleLists(std::size_t count) : lists_(count, hvl_t{0, nullptr}) {}
  ~SampleLists() {
    for (const hvl_t& list : lists_) H5free_memory(list.p);
  }
  SampleLists(const SampleLists&) = delete;
  SampleLists& operator=(const SampleLists&) = delete;

  hvl_t* data() { return lists_.data(); }
  const hvl_t& operator[](std::size_t n) const { return lists_[n]; }

 private:
  std::vector<hvl_t> lists_;
};

void check_samples(const fs::path& path, const Readout& header, const hvl_t& list, std::size_t number) {
  const std::size_t expected = std::size_t{2} * header.number_of_samples * header.active_channels;
  if (list.len != expected) {
    fail(ExitCode::input, path, ": readout ", number, " holds ", list.len / 2, " samples, its header promises ",
         header.number_of_samples, " in each of ", header.active_channels, " coils; the file is damaged");
  }
  const auto* numbers = static_cast<const float*>(list.p);
  if (!std::all_of(numbers, numbers + list.len, [](float x) { return std::isfinite(x); })) {
    fail(ExitCode::input, path, ": readout ", number, " has samples that are NaN or infinite; export it again");
  }
}

void check_trajectory(const fs::path& path, const Readout& header, const hvl_t& list, std::size_t number) {
  const std::size_t expected = std::size_t{1} * header.number_of_samples * header.trajectory_dimensions;
  if (list.len != expected)
    fail(ExitCode::input, path, ": readout ", number, " holds a trajectory of ", list.len,
         " numbers, its header promises ", expected, "; the file is damaged");
}

}  // namespace

std::vector<Readout> read_headers(const fs::path& path, const IsmrmrdHandle& file) {
  const hid_t number = H5T_NATIVE_UINT16;
  const Handle direction(path, array_of_three(), H5Tclose);
  const Compound counters(path, sizeof(ReadoutCounters),
                          {{"kspace_encode_step_1", offsetof(ReadoutCounters, kspace_encode_step_1), number},
                           {"kspace_encode_step_2", offsetof(ReadoutCounters, kspace_encode_step_2), number},
                           {"slice", offsetof(ReadoutCounters, slice), number},
                           {"contrast", offsetof(ReadoutCounters, contrast), number},
                           {"phase", offsetof(ReadoutCounters, phase), number},
                           {"repetition", offsetof(ReadoutCounters, repetition), number},
                           {"set", offsetof(ReadoutCounters, set), number}});
  const Compound head(path, sizeof(Readout),
                      {{"flags", offsetof(Readout, flags), H5T_NATIVE_UINT64},
                       {"number_of_samples", offsetof(Readout, number_of_samples), number},
                       {"active_channels", offsetof(Readout, active_channels), number},
                       {"discard_pre", offsetof(Readout, discard_pre), number},
                       {"discard_post", offsetof(Readout, discard_post), number},
                       {"center_sample", offsetof(Readout, center_sample), number},
                       {"encoding_space_ref", offsetof(Readout, encoding_space_ref), number},
                       {"trajectory_dimensions", offsetof(Readout, trajectory_dimensions), number},
                       {"position", offsetof(Readout, position), direction},
                       {"read_dir", offsetof(Readout, read_dir), direction},
                       {"phase_dir", offsetof(Readout, phase_dir), direction},
                       {"slice_dir", offsetof(Readout, slice_dir), direction},
                       {"idx", offsetof(Readout, idx), counters}});
  const Compound acquisition(path, sizeof(Readout), {{"head", 0, head}});

  const Table table(path, file);
  std::vector<Readout> headers(table.count());
  for (std::size_t first = 0; first < headers.size(); first += kHeadersAtOnce)
    table.read(first, std::min(kHeadersAtOnce, headers.size() - first), acquisition, headers.data() + first);
  return headers;
}

void read_samples(
    const fs::path& path, const IsmrmrdHandle& file, const std::vector<Readout>& headers,
    const std::vector<bool>& wanted,
    const std::function<void(std::size_t number, const std::complex<float>* samples, const float* trajectory)>& take) {
  const Handle floats(path, H5Tvlen_create(H5T_NATIVE_FLOAT), H5Tclose);
  const Compound with_data(path, sizeof(hvl_t), {{"data", 0, floats}});
  const Compound with_trajectory(path, sizeof(hvl_t), {{"traj", 0, floats}});
  const Table table(path, file);
  for (std::size_t first = 0; first < headers.size(); first += kReadoutsAtOnce) {
    const std::size_t count = std::min(kReadoutsAtOnce, headers.size() - first);
    if (std::find(wanted.begin() + static_cast<std::ptrdiff_t>(first),
                  wanted.begin() + static_cast<std::ptrdiff_t>(first + count),
                  true) == wanted.begin() + static_cast<std::ptrdiff_t>(first + count))
      continue;
    SampleLists lists(count), trajectories(count);
    table.read(first, count, with_data, lists.data());
    table.read(first, count, with_trajectory, trajectories.data());
    for (std::size_t n = 0; n < count; ++n) {
      if (!wanted[first + n]) continue;
      check_samples(path, headers[first + n], lists[n], first + n);
      check_trajectory(path, headers[first + n], trajectories[n], first + n);
      take(first + n, static_cast<const std::complex<float>*>(lists[n].p),
           static_cast<const float*>(trajectories[n].p));
    }
  }
}

}  // namespace voxprior
