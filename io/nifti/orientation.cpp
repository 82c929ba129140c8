#include "io/nifti/orientation.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "io/nifti/quaternion.h"

namespace voxprior::nifti {
namespace {

namespace fs = std::filesystem;

constexpr int kUnitMetre = 1, kUnitMillimetre = 2, kUnitMicrometre = 3, kSpaceUnits = 0x07;
constexpr int kScannerCode = 1;
constexpr double kQuaternionRounding = 1e-3;

double millimetres_per_unit(const fs::path& path, const Header& header, std::vector<std::string>& notices) {
  switch (header.xyzt_units & kSpaceUnits) {
    case kUnitMetre:
      return 1000;
    case kUnitMicrometre:
      return 1e-3;
    case kUnitMillimetre:
      return 1;
    case 0:
      notices.push_back("the header does not say its unit of length; millimetres assumed");
      return 1;
    default:
      fail(ExitCode::input, path, ": unknown unit of length, xyzt_units ", header.xyzt_units);
  }
}

void check_voxel_size(const fs::path& path, const Header& header) {
  for (int k = 1; k <= 3; ++k) {
    if (!(header.pixdim[k] > 0) || !std::isfinite(header.pixdim[k])) {
      fail(ExitCode::input, path, ": voxel size ", header.pixdim[1], " x ", header.pixdim[2], " x ", header.pixdim[3],
           " (pixdim); every one must be positive, repair the header");
    }
  }
}

bool qform_is_rotation(const Header& header) {
  const auto& q = header.quatern_and_qoffset;
  return q[0] * q[0] + q[1] * q[1] + q[2] * q[2] <= 1 + kQuaternionRounding;  // false for NaN
}

void check_qform(const fs::path& path, const Header& header) {
  if (qform_is_rotation(header) && std::isfinite(header.pixdim[0])) return;
  const auto& q = header.quatern_and_qoffset;
  fail(ExitCode::input, path, ": its qform is not a rotation: quaternion (", q[0], ", ", q[1], ", ", q[2], "), qfac ",
       header.pixdim[0], "; repair the header");
}

/// Method 2 of nifti1.h: RAS = R * diag(pixdim) * (i, j, qfac * k) + qoffset.
Affine qform_affine(const Header& header) {
  const auto& q = header.quatern_and_qoffset;
  const std::array<double, 9> rotation = rotation_of({q[0], q[1], q[2]});
  const double qfac = header.pixdim[0] < 0 ? -1 : 1;
  const double scale[3] = {header.pixdim[1], header.pixdim[2], header.pixdim[3] * qfac};
  Affine affine;
  for (int row = 0; row < 3; ++row) {
    for (int k = 0; k < 3; ++k) affine[4 * row + k] = rotation[3 * row + k] * scale[k];
    affine[4 * row + 3] = q[3 + row];
  }
  return affine;
}

/// How far apart, at most, two affines place a voxel of the grid: the difference is linear, so a corner has the
/// maximum.
double largest_distance(const Affine& a, const Affine& b, const std::array<std::int64_t, 3>& size) {
  double largest = 0;
  for (int corner = 0; corner < 8; ++corner) {
    const double index[4] = {corner & 1 ? size[0] - 1. : 0, corner & 2 ? size[1] - 1. : 0,
                             corner & 4 ? size[2] - 1. : 0, 1};
    double square = 0;
    for (int row = 0; row < 3; ++row) {
      double difference = 0;
      for (int k = 0; k < 4; ++k) difference += (a[4 * row + k] - b[4 * row + k]) * index[k];
      square += difference * difference;
    }
    largest = std::max(largest, std::sqrt(square));
  }
  return largest;
}

/// Two forms with one code claim the same space; a disagreement of more than half a voxel deserves a word.
void note_disagreement(const Header& header, const std::array<std::int64_t, 3>& size,
                       std::vector<std::string>& notices) {
  if (header.qform_code <= 0 || header.qform_code != header.sform_code) return;
  const double half_voxel = 0.5 * std::min({header.pixdim[1], header.pixdim[2], header.pixdim[3]});
  if (qform_is_rotation(header) && largest_distance(header.srow, qform_affine(header), size) <= half_voxel) return;
  notices.push_back("sform and qform disagree; the sform is used");
}

}  // namespace

Geometry geometry_of(const fs::path& path, const Header& header, std::vector<std::string>& notices) {
  check_voxel_size(path, header);
  const std::array<std::int64_t, 3> size = {header.dim[1], header.dim[2], header.dim[3]};
  Affine ras{header.pixdim[1], 0, 0, 0, 0, header.pixdim[2], 0, 0, 0, 0, header.pixdim[3], 0};
  if (header.sform_code > 0) {
    ras = header.srow;
    note_disagreement(header, size, notices);
  } else if (header.qform_code > 0) {
    check_qform(path, header);
    ras = qform_affine(header);
  } else {
    notices.push_back(
        "the header has no orientation (qform_code and sform_code are 0); axes assumed right, anterior, superior");
  }
  const double scale = millimetres_per_unit(path, header, notices);
  for (double& element : ras) element *= scale;
  return geometry_from_affine(path, size, flip_left_right_and_front_back(ras));
}

void store_geometry(const Geometry& geometry, Header& header) {
  const Affine ras = flip_left_right_and_front_back(affine_of(geometry));
  header.xyzt_units = (header.xyzt_units & ~kSpaceUnits) | kUnitMillimetre;
  std::copy(geometry.size.begin(), geometry.size.end(), header.dim.begin() + 1);
  std::copy(geometry.spacing_mm.begin(), geometry.spacing_mm.end(), header.pixdim.begin() + 1);
  header.srow = ras;

  std::array<double, 9> rotation;
  for (int row = 0; row < 3; ++row) {
    for (int k = 0; k < 3; ++k) rotation[3 * row + k] = ras[4 * row + k] / geometry.spacing_mm[k];
    header.quatern_and_qoffset[3 + row] = ras[4 * row + 3];
  }
  const Quaternion q = quaternion_of(rotation);
  header.pixdim[0] = q.qfac;
  std::copy(q.bcd.begin(), q.bcd.end(), header.quatern_and_qoffset.begin());

  const int code = header.sform_code > 0 ? header.sform_code : header.qform_code > 0 ? header.qform_code : kScannerCode;
  header.sform_code = code;
  header.qform_code = code;
}

}  // namespace voxprior::nifti
