#include "workflows/model_kind.h"

#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/error.h"
#include "models/weights/model_card.h"
#include "models/weights/safetensors_header.h"

namespace voxprior {
namespace {

/// The JSON text in front of the data, after eight bytes that say how long it is; empty for a file that is too short.
std::string header_text(std::ifstream& in, std::uint64_t bytes) {
  unsigned char length_bytes[8] = {};
  if (!in.read(reinterpret_cast<char*>(length_bytes), sizeof length_bytes)) return "";
  std::uint64_t length = 0;
  for (int n = 7; n >= 0; --n) length = length << 8 | length_bytes[n];
  if (length > bytes - sizeof length_bytes) return "";
  std::string text(length, '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(length))) return "";
  return text;
}

/// A text in the card of a model; empty where there is none.
std::string text_of_card(const std::filesystem::path& file, const char* key) {
  std::error_code problem;
  const std::uint64_t bytes = std::filesystem::file_size(file, problem);
  if (problem) return "";
  std::ifstream in(file, std::ios::binary);
  const std::string text = header_text(in, bytes);
  if (text.empty()) return "";
  try {
    const SafetensorsHeader header = parse_safetensors_header(text, bytes - 8 - text.size(), file);
    const auto card = header.metadata.find(kModelCardKey);
    if (card == header.metadata.end()) return "";
    const nlohmann::json root = nlohmann::json::parse(card->second, nullptr, false);
    return root.is_object() && root.contains(key) && root[key].is_string() ? root[key].get<std::string>() : "";
  } catch (const Error&) {
    return "";
  }
}

}  // namespace

std::string kind_of_model(const std::filesystem::path& file) { return text_of_card(file, "kind"); }

std::string modality_of_model(const std::filesystem::path& file) { return text_of_card(file, "modality"); }

}  // namespace voxprior
