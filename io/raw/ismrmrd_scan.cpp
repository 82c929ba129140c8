#include "io/raw/ismrmrd_scan.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <set>

#include "io/grid.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using Complex = std::complex<float>;

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
void leave_others_out(const fs::path& path, const std::vector<Readout>& headers, const KSpaceSelection& selection,
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

void check_alike(const fs::path& path, const IsmrmrdScan& scan) {
  const auto& [headers, uses, encoding] = scan;
  const Readout& first = scan.first_image();
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

}  // namespace

const Readout& IsmrmrdScan::first_image() const {
  return headers[static_cast<std::size_t>(std::find(uses.begin(), uses.end(), Use::image) - uses.begin())];
}

std::vector<bool> IsmrmrdScan::wanted() const {
  std::vector<bool> wanted(uses.size());
  std::transform(uses.begin(), uses.end(), wanted.begin(), [](Use use) { return use != Use::none; });
  return wanted;
}

IsmrmrdScan select_scan(const fs::path& path, const IsmrmrdHandle& file, const KSpaceSelection& selection) {
  const ISMRMRD::IsmrmrdHeader header = read_header(path, file);
  IsmrmrdScan scan;
  scan.headers = read_headers(path, file);
  scan.uses.resize(scan.headers.size());
  std::transform(scan.headers.begin(), scan.headers.end(), scan.uses.begin(), use_of);
  leave_others_out(path, scan.headers, selection, scan.uses);
  check_alike(path, scan);
  const std::uint16_t encoding = scan.first_image().encoding_space_ref;
  if (encoding >= header.encoding.size())
    fail(ExitCode::input, path, ": its readouts refer to an encoding that the header does not have");
  scan.encoding = header.encoding[encoding];
  return scan;
}

KSpace placed_kspace(const fs::path& path, IsmrmrdScan& scan, const RawLimits& limits) {
  KSpace kspace;
  kspace.coils = scan.first_image().active_channels;
  const auto& matrix = scan.encoding.encodedSpace.matrixSize;
  checked_count(path, {kspace.coils, matrix.z, matrix.y, matrix.x}, limits);
  place(path, scan.encoding, scan.first_image(), kspace);
  bool other_noise = false;
  for (std::size_t n = 0; n < scan.headers.size(); ++n) {
    if (scan.uses[n] != Use::noise || scan.headers[n].active_channels == kspace.coils) continue;
    scan.uses[n] = Use::none;
    other_noise = true;
  }
  if (other_noise) kspace.notices.push_back("the noise scan has another number of coils and is left out");
  return kspace;
}

void NoiseSamples::add(const Readout& readout, const Complex* samples) {
  for (std::size_t coil = 0; coil < of_coil_.size(); ++coil) {
    const Complex* from = samples + coil * readout.number_of_samples;
    of_coil_[coil].insert(of_coil_[coil].end(), from, from + readout.number_of_samples);
  }
}

std::vector<Complex> NoiseSamples::all() const {
  std::vector<Complex> all;
  for (const auto& coil : of_coil_) all.insert(all.end(), coil.begin(), coil.end());
  return all;
}

}  // namespace voxprior
