#include "workflows/node/audit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/error.h"

namespace voxprior {
namespace {

std::string utc_time() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  std::tm parts{};
  ::gmtime_r(&now.tv_sec, &parts);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + length, sizeof text - length, ".%03ldZ", now.tv_nsec / 1000000);
  return text;
}

}  // namespace

AuditLog::AuditLog(const std::filesystem::path& file) : file_(file) {
  descriptor_ = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) fail(ExitCode::output, file, ": cannot be opened: ", std::strerror(errno));
}

AuditLog::~AuditLog() { ::close(descriptor_); }

void AuditLog::write(const std::string& event, const nlohmann::ordered_json& facts) {
  nlohmann::ordered_json record{{"time", utc_time()}, {"event", event}};
  record.update(facts);
  const std::string line = record.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  // One write a line: O_APPEND keeps lines of several processes apart.
  if (::write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
    fail(ExitCode::output, file_, ": cannot write: ", std::strerror(errno));
  pollfd reader{STDERR_FILENO, POLLOUT, 0};  // a log that nobody reads stops nothing
  if (::poll(&reader, 1, 0) == 1) static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));
}

}  // namespace voxprior
