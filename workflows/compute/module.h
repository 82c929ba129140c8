#pragma once

namespace voxprior {

/// The address of a function of libvoxprior_compute.so, which is loaded, and LibTorch with it, on the first call. It is
/// looked for beside the program and in ../lib/voxprior. Throws Error(ExitCode::bug) for a broken installation.
void* compute_symbol(const char* name);

/// The same with its type: compute_function<decltype(voxprior_open_x)>("voxprior_open_x").
template <typename Function>
Function* compute_function(const char* name) {
  return reinterpret_cast<Function*>(compute_symbol(name));
}

}  // namespace voxprior
