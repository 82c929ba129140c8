// Any text as the header of a safetensors file: what is accepted must be written and accepted again.
#include "models/weights/safetensors_header.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  if (count < 2) return 0;
  const std::uint64_t data_bytes = bytes[0] | bytes[1] << 8;
  const std::string_view text(reinterpret_cast<const char*>(bytes + 2), count - 2);
  voxprior::fuzz::read_or_refuse([&] {
    const voxprior::SafetensorsHeader header = voxprior::parse_safetensors_header(text, data_bytes, "fuzz");
    const std::string again = voxprior::format_safetensors_header(header);
    if (voxprior::parse_safetensors_header(again, data_bytes, "fuzz").entries.size() != header.entries.size())
      std::abort();
  });
  return 0;
}
