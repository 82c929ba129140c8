#include "workflows/batch/shard.h"

#include "base/error.h"

namespace voxprior {
namespace {

constexpr std::size_t kMostDigits = 9;

bool is_count(const std::string& text) {
  return !text.empty() && text.size() <= kMostDigits && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

Shard parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::string number = text.substr(0, slash);
  const std::string count = slash == std::string::npos ? "" : text.substr(slash + 1);
  if (!is_count(number) || !is_count(count) || std::stoul(number) >= std::stoul(count)) {
    fail(ExitCode::usage, "--shard: '", text, "' is no part of a whole; the first of four is 0/4, the last 3/4");
  }
  return {std::stoul(number), std::stoul(count)};
}

std::vector<BatchCase> cases_of_shard(const std::vector<BatchCase>& cases, const Shard& shard) {
  std::vector<BatchCase> chosen;
  for (std::size_t n = shard.number; n < cases.size(); n += shard.count) chosen.push_back(cases[n]);
  return chosen;
}

}  // namespace voxprior
