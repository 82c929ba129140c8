#pragma once

#include <ismrmrd/dataset.h>

#include <filesystem>
#include <string>

#include "base/error.h"

namespace voxprior {

/// An ISMRMRD data set, opened by HDF5 itself: the library's own way opens inputs for writing and adds a group to files
/// that have none. A new one is made in memory: HDF5 locks the files that it writes, and so do we.
class IsmrmrdHandle {
 public:
  /// An existing file, for reading. is_open() tells whether HDF5 could.
  explicit IsmrmrdHandle(const std::filesystem::path& path) : name_(path.string()) {
    open([&](hid_t access) {
      H5Pset_file_locking(access, false, true);
      return H5Fopen(name_.c_str(), H5F_ACC_RDONLY, access);
    });
  }

  /// An empty one in memory.
  IsmrmrdHandle() : name_("memory.h5") {
    constexpr std::size_t kGrowth = std::size_t{16} << 20;
    open([&](hid_t access) {
      H5Pset_fapl_core(access, kGrowth, false);
      return H5Fcreate(name_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
    });
    if (set_.fileid < 0) return;
    const hid_t group = H5Gcreate2(set_.fileid, group_.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (group >= 0) H5Gclose(group);
  }

  ~IsmrmrdHandle() {
    if (set_.fileid >= 0) H5Fclose(set_.fileid);
  }
  IsmrmrdHandle(const IsmrmrdHandle&) = delete;
  IsmrmrdHandle& operator=(const IsmrmrdHandle&) = delete;

  bool is_open() const { return set_.fileid >= 0; }
  bool has(const std::string& name) const {
    return H5Lexists(set_.fileid, group_.c_str(), H5P_DEFAULT) > 0 &&
           H5Lexists(set_.fileid, (group_ + "/" + name).c_str(), H5P_DEFAULT) > 0;
  }
  const ISMRMRD::ISMRMRD_Dataset* get() const { return &set_; }

  /// The bytes of the file; empty when HDF5 failed.
  std::string bytes() const {
    if (H5Fflush(set_.fileid, H5F_SCOPE_GLOBAL) < 0) return "";
    const ssize_t size = H5Fget_file_image(set_.fileid, nullptr, 0);
    std::string image(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    if (size <= 0 || H5Fget_file_image(set_.fileid, image.data(), image.size()) != size) return "";
    return image;
  }

 private:
  template <typename Open>
  void open(const Open& with_access) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // HDF5 prints its errors otherwise
    set_.filename = name_.data();
    set_.groupname = group_.data();
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    set_.fileid = with_access(access);
    H5Pclose(access);
  }

  std::string name_, group_ = "dataset";
  ISMRMRD::ISMRMRD_Dataset set_{};
};

}  // namespace voxprior
