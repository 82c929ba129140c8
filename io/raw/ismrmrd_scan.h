#pragma once

#include <ismrmrd/xml.h>

#include <complex>
#include <filesystem>
#include <vector>

#include "io/raw/ismrmrd_readouts.h"
#include "io/raw/kspace.h"

namespace voxprior {

/// What a readout is for. A scan whose lines serve calibration and image at once is an image.
enum class Use { image, calibration, noise, none };

/// One scan of an ISMRMRD file: the readouts that belong to it, and how it was encoded.
struct IsmrmrdScan {
  std::vector<Readout> headers;
  std::vector<Use> uses;  ///< of each; there is an image among them
  ISMRMRD::Encoding encoding;

  const Readout& first_image() const;
  std::vector<bool> wanted() const;  ///< all that have a use
};

/// The only scan of a file, or that of `selection`. Throws Error(ExitCode::input) when several are left, or its
/// readouts differ in place or coils; Error(ExitCode::usage) for a selection that the file does not have.
IsmrmrdScan select_scan(const std::filesystem::path& path, const IsmrmrdHandle& file, const KSpaceSelection& selection);

/// Coils and grid of the scan, without samples. Readouts of noise with another number of coils lose their use.
KSpace placed_kspace(const std::filesystem::path& path, IsmrmrdScan& scan, const RawLimits& limits);

/// Noise readouts one after the other, coil by coil.
class NoiseSamples {
 public:
  explicit NoiseSamples(std::int64_t coils) : of_coil_(static_cast<std::size_t>(coils)) {}
  void add(const Readout& readout, const std::complex<float>* samples);
  std::vector<std::complex<float>> all() const;  ///< [coil][n]

 private:
  std::vector<std::vector<std::complex<float>>> of_coil_;
};

}  // namespace voxprior
