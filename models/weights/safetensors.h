#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>

#include "base/atomic_file.h"

namespace voxprior {

/// Tensors by name with text beside them, as in a safetensors file (github.com/huggingface/safetensors): 8 bytes with
/// the length of a JSON header, the header, the raw little-endian values. Reading one executes nothing. Types: F32,
/// F64, F16, BF16, I64, I32, U8, BOOL. Values survive bit for bit, NaN payloads included.
struct SafetensorsFile {
  std::map<std::string, torch::Tensor> tensors;  ///< on the CPU and contiguous after reading
  std::map<std::string, std::string> metadata;
  std::string sha256;  ///< of the file's bytes, set by reading; ignored when writing
};

/// Reads every tensor in one pass over the file. Anything that is not exactly a safetensors file (short, trailing
/// bytes, overlapping or missing data, duplicate names, sizes that do not fit) throws Error(ExitCode::model).
SafetensorsFile read_safetensors(const std::filesystem::path& path);

/// The bytes of a file with these tensors. The same content gives the same bytes: wider types first, so that every
/// tensor is aligned to its element, then by name. Tensors may be on any device and strided.
std::string serialise_safetensors(const SafetensorsFile& file);

/// Writes the same bytes atomically, one tensor in memory at a time. Throws Error(ExitCode::output).
void write_safetensors(const std::filesystem::path& path, const SafetensorsFile& file, Overwrite overwrite);

}  // namespace voxprior
