#pragma once

namespace voxprior {

/// While it lives, OpenBLAS that is loaded takes the kernels that this processor can run. OpenBLAS takes a processor
/// that is newer than itself for one without AVX (0.3.21 of Debian 12: Emerald Rapids), and multiplies matrices four
/// times slower than it could. What the user said in OPENBLAS_CORETYPE stays. The variable goes with the object: jobs
/// and child processes may run on other machines. Make it before there are threads that read the environment.
class BlasKernels {
 public:
  BlasKernels();
  ~BlasKernels();
  BlasKernels(const BlasKernels&) = delete;
  BlasKernels& operator=(const BlasKernels&) = delete;

  bool told() const { return told_; }  ///< false: nothing is known of the processor, or the user said it

  static constexpr const char* kVariable = "OPENBLAS_CORETYPE";

 private:
  bool told_;
};

}  // namespace voxprior
