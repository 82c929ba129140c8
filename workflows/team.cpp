#include "workflows/team.h"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr int kUsualPort = 29500;  // where others who set no MASTER_PORT meet, too
constexpr int kFirstJobPort = 20000, kJobPorts = 10000;

std::string text_of(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::optional<int> number_of(const char* name) {
  const std::string text = text_of(name);
  if (text.empty()) return std::nullopt;
  int value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value < 0)
    fail(ExitCode::usage, name, ": is \"", text, "\", not a whole number");
  return value;
}

struct Launcher {
  const char *name, *rank, *count;
};
constexpr Launcher kLaunchers[] = {{"plain", "RANK", "WORLD_SIZE"},
                                   {"srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"},
                                   {"mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}};

/// "gpu[03-07,11]" and "gpu03,gpu04" -> "gpu03".
std::string first_node(const std::string& nodes) {
  const std::size_t bracket = nodes.find('[');
  if (bracket == std::string::npos || bracket > nodes.find(',')) return nodes.substr(0, nodes.find(','));
  const std::size_t close = nodes.find(']', bracket);
  const std::string inside = nodes.substr(bracket + 1, close - bracket - 1);
  const std::string rest = close == std::string::npos ? "" : nodes.substr(close + 1);
  return nodes.substr(0, bracket) + inside.substr(0, inside.find_first_of(",-")) + rest.substr(0, rest.find(','));
}

bool on_one_machine(const Launcher& launcher) {
  if (std::strcmp(launcher.name, "srun") == 0) return number_of("SLURM_STEP_NUM_NODES") == 1;
  if (std::strcmp(launcher.name, "mpirun") == 0)
    return number_of("OMPI_COMM_WORLD_LOCAL_SIZE") == number_of("OMPI_COMM_WORLD_SIZE");
  return false;
}

std::string address_of(const Launcher& launcher) {
  const std::string given = text_of("MASTER_ADDR");
  if (!given.empty()) return given;
  if (on_one_machine(launcher)) return "127.0.0.1";
  const std::string nodes = text_of("SLURM_STEP_NODELIST");
  if (std::strcmp(launcher.name, "srun") == 0 && !nodes.empty()) return first_node(nodes);
  fail(ExitCode::usage, "MASTER_ADDR: is not set, and ", launcher.count,
       " says that this is one of several processes; name the machine of rank 0");
}

int port_of(const Launcher& launcher) {
  if (const auto given = number_of("MASTER_PORT")) {
    if (*given < 1 || *given > 65535) fail(ExitCode::usage, "MASTER_PORT: is ", *given, ", not a port from 1 to 65535");
    return *given;
  }
  // Steps of other jobs on the same machine meet elsewhere.
  const auto job = number_of("SLURM_JOB_ID");
  if (std::strcmp(launcher.name, "srun") == 0 && job)
    return kFirstJobPort + (*job + number_of("SLURM_STEP_ID").value_or(0)) % kJobPorts;
  return kUsualPort;
}

}  // namespace

TeamPlace team_place() {
  for (const Launcher& launcher : kLaunchers) {
    const auto rank = number_of(launcher.rank), count = number_of(launcher.count);
    if (!count || *count < 2) continue;
    if (!rank) fail(ExitCode::usage, launcher.rank, ": is not set, but ", launcher.count, " is");
    if (*rank >= *count)
      fail(ExitCode::usage, launcher.rank, ": is ", *rank, ", not below ", launcher.count, ", which is ", *count);
    TeamPlace place;
    place.rank = *rank;
    place.count = *count;
    place.address = address_of(launcher);
    place.port = port_of(launcher);
    return place;
  }
  return {};
}

}  // namespace voxprior
