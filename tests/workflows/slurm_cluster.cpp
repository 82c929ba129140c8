#include "tests/workflows/slurm_cluster.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <thread>

namespace voxprior::test {
namespace {

namespace fs = std::filesystem;

int free_port() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  const bool bound = ::bind(listener, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                     ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  ::close(listener);
  if (!bound) throw std::runtime_error("no free port on the loopback interface");
  return ntohs(address.sin_port);
}

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  const std::string whole = name;
  return whole.substr(0, whole.find('.'));
}

std::string random_key() {
  std::random_device source;
  std::string key;
  for (int n = 0; n < 128; ++n) key += static_cast<char>(source());
  return key;
}

/// Whether a process lives; one that ended and that nobody waited for does not.
bool lives(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string number, name, state;
  return static_cast<bool>(file >> number >> name >> state) && state != "Z";
}

}  // namespace

bool has_slurm() {
  return Process("/bin/sh", {"-c",
                             "PATH=$PATH:/usr/sbin; for p in munged slurmctld slurmd sbatch; do command -v $p > "
                             "/dev/null || exit 1; done"})
             .wait()
             .exit_code == 0;
}

SlurmCluster::SlurmCluster() {
  const std::string folder = folder_.path().string();
  environment_ = {{"SLURM_CONF", folder + "/slurm.conf"}, {"PATH", std::string(std::getenv("PATH")) + ":/usr/sbin"}};
  for (const char* part : {"munge", "state", "spool", "log"}) fs::create_directory(folder_ / part);
  fs::permissions(folder_ / "munge", fs::perms::owner_all);
  put_bytes(folder_ / "munge" / "key", random_key());
  fs::permissions(folder_ / "munge" / "key", fs::perms::owner_read | fs::perms::owner_write);
  write_configuration();
  const std::string munge = folder + "/munge";
  const Outcome munged =
      shell("munged --force --key-file=" + munge + "/key --socket=" + munge + "/socket --pid-file=" + munge +
            "/pid --log-file=" + munge + "/log --seed-file=" + munge + "/seed > /dev/null 2>&1");
  if (munged.exit_code != 0) throw std::runtime_error("munged does not start");
  start_controller();
  if (shell("slurmd -f $SLURM_CONF > /dev/null 2>&1").exit_code != 0) throw std::runtime_error("slurmd does not start");
  wait_until("the node is idle", [this] { return shell("sinfo -h -o %t").out.find("idle") != std::string::npos; });
}

SlurmCluster::~SlurmCluster() {
  shell("scancel --quiet --full --signal=KILL --user=$(id -un); true");
  stop("spool.pid", SIGTERM);
  stop("state.pid", SIGTERM);
  stop("munge/pid", SIGTERM);
}

void SlurmCluster::write_configuration() const {
  const std::string folder = folder_.path().string(), host = host_name();
  std::ofstream file(folder_ / "slurm.conf");
  file << "ClusterName=voxprior-test\n"
       << "SlurmctldHost=" << host << "(127.0.0.1)\n"
       << "AuthType=auth/munge\nAuthInfo=socket=" << folder << "/munge/socket\nCredType=cred/munge\n"
       << "SlurmUser=" << ::getpwuid(::getuid())->pw_name << "\nSlurmdUser=" << ::getpwuid(::getuid())->pw_name << "\n"
       << "StateSaveLocation=" << folder << "/state\nSlurmdSpoolDir=" << folder << "/spool\n"
       << "SlurmctldPidFile=" << folder << "/state.pid\nSlurmdPidFile=" << folder << "/spool.pid\n"
       << "SlurmctldLogFile=" << folder << "/log/controller\nSlurmdLogFile=" << folder << "/log/node\n"
       << "SlurmctldPort=" << free_port() << "\nSlurmdPort=" << free_port() << "\n"
       << "ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nJobAcctGatherType=jobacct_gather/none\n"
       << "JobCompType=jobcomp/filetxt\nJobCompLoc=" << folder << "/log/ended\n"
       << "AccountingStorageType=accounting_storage/none\nMpiDefault=none\n"
       << "SelectType=select/cons_tres\nSelectTypeParameters=CR_Core\n"
       << "ReturnToService=2\nSlurmctldTimeout=30\nSlurmdTimeout=30\nKillWait=5\n"
       << "SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0\n"
       << "NodeName=" << host << " NodeAddr=127.0.0.1 CPUs=" << std::max(1u, std::thread::hardware_concurrency())
       << " RealMemory=1000 State=UNKNOWN\n"
       << "PartitionName=main Nodes=" << host << " Default=YES MaxTime=INFINITE State=UP\n";
}

Outcome SlurmCluster::shell(const std::string& command) const {
  return Process("/bin/sh", {"-c", command}, environment_).wait();
}

void SlurmCluster::stop(const std::string& pid_file, int signal) const {
  std::ifstream file(folder_ / pid_file);
  pid_t process = 0;
  if (!(file >> process) || process <= 1) return;
  ::kill(process, signal);
  for (int n = 0; n < 100 && lives(process); ++n) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  if (lives(process)) ::kill(process, SIGKILL);
}

void SlurmCluster::kill_controller() {
  const auto now = fs::file_time_type::clock::now();
  const auto saved_since = [&] {
    std::error_code ignored;
    return fs::last_write_time(folder_ / "state" / "job_state", ignored) > now;
  };
  wait_until("the controller saved its jobs", saved_since);
  stop("state.pid", SIGKILL);
}

void SlurmCluster::start_controller() {
  if (shell("slurmctld -f $SLURM_CONF > /dev/null 2>&1").exit_code != 0) {
    throw std::runtime_error("slurmctld does not start");
  }
}

void SlurmCluster::wait_for_all_jobs(double limit_s) const {
  const auto none_left = [this] {
    const Outcome queue = shell("squeue -h -o '%i %T %r'");
    if (queue.exit_code != 0) return false;
    if (queue.out.find("requeued held") != std::string::npos || queue.out.find("Held") != std::string::npos) {
      shell("scontrol release $(squeue -h -o %i | tr '\\n' ' ')");
    }
    if (queue.out.find("BeginTime") != std::string::npos) {  // a requeued job waits two minutes
      shell(
          "for job in $(squeue -h -r -t PENDING -o '%i %r' | sed -n 's/ BeginTime//p'); do "
          "scontrol update jobid=$job starttime=now; done");
    }
    if (shell("sinfo -h -o %t").out.find("drain") != std::string::npos) {
      shell("scontrol update nodename=$(hostname -s) state=resume");
    }
    return queue.out.empty();
  };
  try {
    wait_until("the queue is empty", none_left, limit_s);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(error.what() +
                             ("\n" + shell("squeue; sinfo -R; tail -n 20 $(dirname $SLURM_CONF)/log/controller").out));
  }
}

std::string SlurmCluster::ended_jobs() const { return bytes_of(folder_ / "log" / "ended"); }

void wait_until(const std::string& what, const std::function<bool()>& condition, double limit_s) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::duration<double>(limit_s);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("not in time: " + what);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace voxprior::test
