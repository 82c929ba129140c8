// A writer that is killed (SIGKILL: no destructor, no handler) at any moment.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using test::ScratchFolder;
using testing::ElementsAre;

/// A child process that writes `path` again and again, and tells through a pipe that it has begun.
class Writer {
 public:
  Writer(const std::filesystem::path& path, const std::string& content, bool ever_commits) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    child_ = ::fork();
    if (child_ == 0) write_for_ever(path, content, ever_commits, ends[1]);
    ::close(ends[1]);
    char begun = 0;
    const bool heard = ::read(ends[0], &begun, 1) == 1;
    ::close(ends[0]);
    if (!heard) throw std::runtime_error("the writer did not begin");
  }
  void kill_now() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

 private:
  [[noreturn]] static void write_for_ever(const std::filesystem::path& path, const std::string& content,
                                          bool ever_commits, int pipe_end) {
    for (bool told = false;; told = true) {
      AtomicFile file(path, Overwrite::yes);
      for (std::size_t n = 0; n < content.size(); n += 1000) file.write(content.data() + n, 1000);
      if (!told && ::write(pipe_end, "!", 1) != 1) ::_exit(1);
      if (!ever_commits) ::pause();
      file.commit();
    }
  }

  pid_t child_;
};

TEST(KilledWriter, LeavesNoFileUnderTheFinalName) {
  const ScratchFolder scratch;
  Writer writer(scratch / "a.bin", std::string(100000, 'x'), false);
  writer.kill_now();
  EXPECT_FALSE(std::filesystem::exists(scratch / "a.bin"));
}

TEST(KilledWriter, HasItsTemporaryFileRemovedByTheNextWriterOfThatName) {
  const ScratchFolder scratch;
  Writer writer(scratch / "a.bin", std::string(100000, 'x'), false);
  writer.kill_now();
  ASSERT_EQ(scratch.names().size(), 1u);  // the remains
  write_file(scratch / "other.bin", "x", Overwrite::no);
  EXPECT_EQ(scratch.names().size(), 2u);  // of another name: untouched
  write_file(scratch / "a.bin", "x", Overwrite::no);
  EXPECT_THAT(scratch.names(), ElementsAre("a.bin", "other.bin"));
}

TEST(KilledWriter, LeavesTheOldOrTheNewFileWhole) {
  const ScratchFolder scratch;
  const std::string content(2000000, 'x');
  for (int microseconds = 0; microseconds < 20000; microseconds += 1700) {
    Writer writer(scratch / "a.bin", content, true);
    ::usleep(static_cast<useconds_t>(microseconds));
    writer.kill_now();
    if (std::filesystem::exists(scratch / "a.bin")) {
      ASSERT_EQ(test::bytes_of(scratch / "a.bin"), content) << "killed after " << microseconds << " us";
    }
  }
  EXPECT_TRUE(std::filesystem::exists(scratch / "a.bin"));  // else the loop proved nothing
}

}  // namespace
}  // namespace voxprior
