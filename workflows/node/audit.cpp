#include "workflows/node/audit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr std::size_t kMostKept = std::size_t{1} << 20;

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

std::string line_of(const std::string& event, const nlohmann::ordered_json& facts) {
  nlohmann::ordered_json record{{"time", utc_time()}, {"event", event}};
  record.update(facts);
  return record.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

void say(const std::string& line) {
  pollfd reader{STDERR_FILENO, POLLOUT, 0};  // a log that nobody reads stops nothing
  if (::poll(&reader, 1, 0) == 1) static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));
}

}  // namespace

void AuditLog::append(const std::string& lines) const {
  const int descriptor = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor < 0) fail(ExitCode::output, file_, ": cannot be opened: ", std::strerror(errno));
  ::flock(descriptor, LOCK_EX);
  const off_t end = ::lseek(descriptor, 0, SEEK_END);
  errno = ENOSPC;  // which a write that is cut short does not say
  const bool whole = ::write(descriptor, lines.data(), lines.size()) == static_cast<ssize_t>(lines.size());
  const int error = errno;
  if (!whole) static_cast<void>(!::ftruncate(descriptor, end));  // no part of a line
  ::close(descriptor);
  if (!whole) fail(ExitCode::output, file_, ": cannot write: ", std::strerror(error));
}

void AuditLog::write(const std::string& event, const nlohmann::ordered_json& facts) {
  const std::string line = line_of(event, facts);
  say(line);
  append(line);
}

void AuditLog::note(const std::string& event, const nlohmann::ordered_json& facts) {
  const std::string line = line_of(event, facts);
  say(line);
  if (unwritten_.size() < kMostKept) unwritten_ += line;
  try {
    append(unwritten_);
    unwritten_.clear();
  } catch (const Error&) {  // said on stderr; tried again with the next line
  }
}

}  // namespace voxprior
