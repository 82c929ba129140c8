#include "io/dicom/isolated.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using test::refusal;
using testing::HasSubstr;

// AddressSanitizer catches crashes and failed allocations and exits: still refused, but with another reason.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kReasonsKnown = false;
#else
constexpr bool kReasonsKnown = true;
#endif

IsolationLimits small() {
  IsolationLimits limits;
  limits.memory_bytes = 64 << 20;
  limits.cpu_s = 1;
  limits.wall_s = 60;
  limits.result_bytes = 1 << 20;
  return limits;
}

std::string refused(const std::function<std::string()>& work, const IsolationLimits& limits = small()) {
  const std::string message = refusal(ExitCode::input, [&] { run_isolated("sender", work, limits); });
  EXPECT_THAT(message, testing::StartsWith("sender: "));
  return message;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(RunIsolated, BringsTheResultBackWhateverBytesItHolds) {
  std::string all(300000, '\0');
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<char>(i * 7);
  EXPECT_EQ(run_isolated(
                "sender", [&] { return all; }, small()),
            all);
  EXPECT_EQ(run_isolated(
                "sender", [] { return std::string(); }, small()),
            "");
}

TEST(RunIsolated, NothingThatTheChildChangesChangesTheParent) {
  int value = 1;
  run_isolated(
      "sender", [&] { return value = 2, std::string(); }, small());
  EXPECT_EQ(value, 1);
}

TEST(RunIsolated, ACrashIsRefusedInput) {
  for (const int signal : {SIGSEGV, SIGABRT, SIGFPE}) {
    const std::string message = refused([signal]() -> std::string {
      ::raise(signal);
      return {};
    });
    if (kReasonsKnown) {
      EXPECT_THAT(message, HasSubstr("signal " + std::to_string(signal)));
    }
  }
  EXPECT_EQ(run_isolated(
                "sender", [] { return std::string("next"); }, small()),
            "next");
}

TEST(RunIsolated, AnOverflowingStackIsRefusedInput) {
  const std::function<int(int)> deeper = [&](int n) { return n < 0 ? 0 : deeper(n + 1) + n % 3; };
  refused([&] { return std::to_string(deeper(1)); });
}

TEST(RunIsolated, AnEndlessLoopIsRefusedInput) {
  const auto start = std::chrono::steady_clock::now();
  const std::string message = refused([]() -> std::string {
    for (volatile unsigned n = 0;; n = n + 1) {
    }
  });
  EXPECT_THAT(message, HasSubstr("1 s of processor time"));
  EXPECT_LT(seconds_since(start), 59);
}

TEST(RunIsolated, AChildThatSleepsIsRefusedInput) {
  IsolationLimits limits = small();
  limits.wall_s = 0.2;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(refused(
                  []() -> std::string {
                    ::sleep(60);
                    return {};
                  },
                  limits),
              HasSubstr("0.2 s"));
  EXPECT_THAT(refused(
                  []() -> std::string {  // answers nothing, and lets go of the pipe
                    ::close_range(3, ~0u, 0);
                    ::sleep(60);
                    return {};
                  },
                  limits),
              HasSubstr("signal 9"));
  EXPECT_LT(seconds_since(start), 10);
}

TEST(RunIsolated, AMemoryBombIsRefusedInput) {
  const std::string message = refused([] {
    std::vector<std::string> blocks;
    for (;;) blocks.emplace_back(std::size_t{8} << 20, 'x');
    return std::string();
  });
  if (kReasonsKnown) {
    EXPECT_THAT(message, HasSubstr("64 MiB"));
  }
  refused([] { return std::string(std::size_t{1} << 40, 'x'); });
}

TEST(RunIsolated, MemoryWithinTheLimitIsGiven) {
  EXPECT_EQ(run_isolated(
                "sender", [] { return std::to_string(std::string(std::size_t{32} << 20, 'x').size()); }, small()),
            std::to_string(32 << 20));
}

TEST(RunIsolated, AnAnswerThatIsTooLargeIsRefused) {
  EXPECT_THAT(refused([] { return std::string((1 << 20) + 1, 'x'); }), HasSubstr("1048576 bytes"));
  EXPECT_EQ(run_isolated(
                "sender", [] { return std::string(1 << 20, 'x'); }, small())
                .size(),
            std::size_t{1} << 20);
}

TEST(RunIsolated, AForgedAnswerIsRefused) {
  const auto writing = [](const std::string& bytes) {
    return [bytes]() -> std::string {
      for (int descriptor = 3; descriptor < 64; ++descriptor) {
        if (::write(descriptor, bytes.data(), bytes.size()) > 0) ::_exit(0);
      }
      ::_exit(1);
    };
  };
  const std::string one("\1\0\0\0\0\0\0\0", 8), most(8, '\xff');
  for (const std::string& bytes : {std::string("v"), std::string("no answer of ours"), "vxpchildR" + one,
                                   "vxpchildR" + one + "ab", "vxpchildR" + most + "a", "vxpchildX" + one + "a",
                                   "vxpchilx"
                                   "R" +
                                       one + "a"}) {
    EXPECT_THAT(refused(writing(bytes)), HasSubstr("malformed")) << bytes;
  }
  EXPECT_EQ(run_isolated("sender", writing("vxpchildR" + one + "a"), small()),
            "a");  // so the format above is the right one
}

TEST(RunIsolated, ErrorsKeepTheirMessageInOnePrintableLine) {
  EXPECT_THAT(refused([]() -> std::string { fail(ExitCode::usage, "slice 3 is short"); }),
              HasSubstr("slice 3 is short"));
  EXPECT_THAT(refused([]() -> std::string { throw std::runtime_error("a\nb\x1b[2Jc\xff"); }), HasSubstr("a?b?[2Jc?"));
  EXPECT_LT(refused([]() -> std::string { throw std::runtime_error(std::string(100000, 'x')); }).size(), 600u);
  refused([]() -> std::string { throw 1; });
}

TEST(RunIsolated, TheChildCanWriteNoFileAndHasNoneOfOurs) {
  const test::ScratchFolder scratch;
  const int ours = ::open((scratch / "ours").c_str(), O_CREAT | O_RDWR, 0600);
  ASSERT_GE(ours, 0);
  const std::string seen = run_isolated(
      "sender", [&] { return std::to_string(::fcntl(ours, F_GETFD)); }, small());
  EXPECT_EQ(seen, "-1");
  ::close(ours);
  refused([&] {
    std::ofstream file(scratch / "theirs");
    file << "text" << std::flush;
    return std::string("written");
  });
  EXPECT_TRUE(!std::filesystem::exists(scratch / "theirs") || std::filesystem::file_size(scratch / "theirs") == 0);
}

TEST(RunIsolated, ReadsFilesWithoutLeavingChildrenOrDescriptors) {
  const auto open_descriptors = [] {
    const auto all = std::filesystem::directory_iterator("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const auto before = open_descriptors();
  for (int n = 0; n < 20; ++n) {
    run_isolated(
        "sender", [] { return std::string("x"); }, small());
    refused([]() -> std::string { ::abort(); });
  }
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);  // no child at all
}

TEST(RunIsolated, AProcessWithOtherThreadsIsToldThatItIsABug) {
  std::thread sleeper([] { ::usleep(200000); });
  refusal(ExitCode::bug, [] {
    run_isolated(
        "sender", [] { return std::string(); }, small());
  });
  sleeper.join();
}

}  // namespace
}  // namespace voxprior
