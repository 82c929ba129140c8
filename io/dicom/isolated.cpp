#include "io/dicom/isolated.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <optional>

#include "base/error.h"

namespace voxprior {
namespace {

using Clock = std::chrono::steady_clock;

// The answer through the pipe: 8 bytes of magic, the kind, 8 bytes of length in our own byte order, that many bytes,
// end.
constexpr std::array<char, 8> kMagic{'v', 'x', 'p', 'c', 'h', 'i', 'l', 'd'};
constexpr char kResult = 'R', kRefusal = 'E', kNoMemory = 'M';
constexpr std::size_t kHeaderBytes = kMagic.size() + 1 + sizeof(std::uint64_t);
constexpr std::size_t kMostMessageBytes = 500;

// ---- the child ----

/// `grace` is what the hard limit leaves beyond the soft one.
void limit(int resource, std::uint64_t most, std::uint64_t grace = 0) {
  const rlimit both{most, most + grace};
  if (::setrlimit(static_cast<__rlimit_resource>(resource), &both) != 0) ::_exit(1);
}

std::uint64_t mapped_bytes() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Standard streams to nowhere, every other descriptor but `answer` closed.
void close_descriptors(int answer) {
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (int stream = 0; stream < 3; ++stream) {
    if (::dup2(nowhere, stream) < 0) ::_exit(1);
  }
  if (answer > 3) ::close_range(3, static_cast<unsigned>(answer) - 1, 0);
  ::close_range(static_cast<unsigned>(answer) + 1, ~0u, 0);
}

void confine(int answer, const IsolationLimits& limits, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it died before the line above
  ::prctl(PR_SET_DUMPABLE, 0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ, SIGXCPU}) ::signal(signal, SIG_DFL);
  close_descriptors(answer);
  limit(RLIMIT_AS, mapped_bytes() + limits.memory_bytes);
  limit(RLIMIT_CPU, static_cast<std::uint64_t>(std::max(1, limits.cpu_s)), 1);  // SIGXCPU first, then SIGKILL
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NPROC, 0);
}

bool write_all(int descriptor, const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(descriptor, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
  return true;
}

[[noreturn]] void answer_and_exit(int answer, char kind, const char* bytes, std::size_t count) {
  std::array<char, kHeaderBytes> header{};
  const std::uint64_t length = count;
  std::copy(kMagic.begin(), kMagic.end(), header.begin());
  header[kMagic.size()] = kind;
  std::memcpy(header.data() + kMagic.size() + 1, &length, sizeof length);
  const bool sent = write_all(answer, header.data(), header.size()) && write_all(answer, bytes, count);
  ::_exit(sent ? 0 : 1);  // no destructors, no buffers of the parent
}

[[noreturn]] void be_the_child(int answer, const std::function<std::string()>& work, const IsolationLimits& limits,
                               pid_t parent) {
  try {
    confine(answer, limits, parent);
    const std::string result = work();
    answer_and_exit(answer, kResult, result.data(), result.size());
  } catch (const std::bad_alloc&) {
    answer_and_exit(answer, kNoMemory, "", 0);
  } catch (const std::exception& error) {
    answer_and_exit(answer, kRefusal, error.what(), std::min(std::strlen(error.what()), kMostMessageBytes));
  } catch (...) {
    ::_exit(1);
  }
}

// ---- the parent ----

/// The read end of the pipe and the child behind it; ends and reaps the child if nobody has.
class Child {
 public:
  Child(pid_t id, int answer) : id_(id), answer_(answer) {}
  ~Child() {
    ::close(answer_);
    if (id_ > 0) end();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int answer() const { return answer_; }

  /// Kills the child if it still runs; returns its wait status.
  int end() {
    ::kill(id_, SIGKILL);
    return reap();
  }

  int reap() {
    int status = 0;
    while (::waitpid(id_, &status, 0) < 0) {
      if (errno == EINTR) continue;
      id_ = -1;
      fail(ExitCode::bug, "a child process was reaped by somebody else: ", std::strerror(errno));
    }
    id_ = -1;
    return status;
  }

 private:
  pid_t id_;
  int answer_;
};

void check_one_thread() {
  std::error_code problem;
  const auto threads = std::filesystem::directory_iterator("/proc/self/task", problem);
  if (problem || std::distance(begin(threads), end(threads)) != 1)
    fail(ExitCode::bug, "an isolated reader was started from a process with more than one thread");
}

/// Reads to the end of the pipe; nothing if the time is over. Stops early when there is more than `most`.
std::optional<std::string> read_answer(int descriptor, std::uint64_t most, Clock::time_point deadline) {
  std::string bytes;
  std::array<char, 1 << 16> chunk;
  while (bytes.size() <= most) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return {};
    pollfd stream{descriptor, POLLIN, 0};
    const int ready = ::poll(&stream, 1, static_cast<int>(std::min<long long>(left, 1000)));
    if (ready <= 0) continue;  // time, or a signal for the caller
    const ssize_t count = ::read(descriptor, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    bytes.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return bytes;
}

std::string printable(const std::string& text) {
  std::string line = text.substr(0, kMostMessageBytes);
  for (char& c : line) {
    if (c < ' ' || c > '~') c = '?';
  }
  return line;
}

/// Waits for a child whose answer has ended: it is about to exit, unless it closed the pipe and runs on.
int status_of_finished(Child& child, pid_t id, Clock::time_point deadline) {
  siginfo_t state{};
  while (Clock::now() < deadline) {
    if (::waitid(P_PID, static_cast<id_t>(id), &state, WEXITED | WNOHANG | WNOWAIT) == 0 && state.si_pid == id)
      return child.reap();
    ::usleep(200);
  }
  return child.end();
}

void check_status(const std::string& subject, int status, const IsolationLimits& limits) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    fail(ExitCode::input, subject, ": reading it took more than ", limits.cpu_s, " s of processor time; it is refused");
  if (WIFSIGNALED(status)) {
    fail(ExitCode::input, subject, ": the reader was ended by signal ", WTERMSIG(status), " (",
         ::strsignal(WTERMSIG(status)), "); the data is damaged or hostile and is refused");
  }
  if (WEXITSTATUS(status) != 0) fail(ExitCode::input, subject, ": the reader gave up; the data is refused");
}

std::string parsed_answer(const std::string& subject, const std::string& answer, const IsolationLimits& limits) {
  std::uint64_t length = 0;
  const bool has_header = answer.size() >= kHeaderBytes && std::equal(kMagic.begin(), kMagic.end(), answer.begin());
  if (has_header) std::memcpy(&length, answer.data() + kMagic.size() + 1, sizeof length);
  if (!has_header || length != answer.size() - kHeaderBytes || length > limits.result_bytes)
    fail(ExitCode::input, subject, ": the reader gave a malformed answer; the data is refused");
  const std::string body = answer.substr(kHeaderBytes);
  switch (answer[kMagic.size()]) {
    case kResult:
      return body;
    case kRefusal:
      fail(ExitCode::input, subject, ": ", printable(body));
    case kNoMemory:
      fail(ExitCode::input, subject, ": reading it takes more than ", limits.memory_bytes >> 20, " MiB; it is refused");
    default:
      fail(ExitCode::input, subject, ": the reader gave a malformed answer; the data is refused");
  }
}

}  // namespace

std::string run_isolated(const std::string& subject, const std::function<std::string()>& work,
                         const IsolationLimits& limits) {
  check_one_thread();
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    fail(ExitCode::resources, "no pipe to a child process can be made: ", std::strerror(errno));
  const auto deadline =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(limits.wall_s));
  const pid_t parent = ::getpid(), id = ::fork();
  if (id == 0) be_the_child(ends[1], work, limits, parent);
  const int error = errno;
  ::close(ends[1]);
  if (id < 0) {
    ::close(ends[0]);
    fail(ExitCode::resources, "no child process can be made: ", std::strerror(error));
  }

  Child child(id, ends[0]);
  const auto answer = read_answer(child.answer(), limits.result_bytes + kHeaderBytes, deadline);
  if (!answer) {
    child.end();
    fail(ExitCode::input, subject, ": reading it took more than ", limits.wall_s, " s; it is refused");
  }
  if (answer->size() > limits.result_bytes + kHeaderBytes) {
    child.end();
    fail(ExitCode::input, subject, ": the reader's answer is larger than ", limits.result_bytes,
         " bytes; it is refused");
  }
  check_status(subject, status_of_finished(child, id, deadline), limits);
  return parsed_answer(subject, *answer, limits);
}

}  // namespace voxprior
