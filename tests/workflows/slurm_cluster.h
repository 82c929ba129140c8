#pragma once

#include <functional>
#include <map>
#include <string>

#include "tests/support/scratch_folder.h"
#include "tests/workflows/process.h"

namespace voxprior::test {

/// Whether the programs of Slurm and munge are installed.
bool has_slurm();

/// A Slurm cluster of one node, this machine, with all its files in a folder of its own. Works without systemd, and as
/// root in a container. The daemons end with the object.
class SlurmCluster {
 public:
  /// Starts munged, slurmctld and slurmd and waits until the node takes jobs. Throws when it does not in time.
  SlurmCluster();
  ~SlurmCluster();
  SlurmCluster(const SlurmCluster&) = delete;
  SlurmCluster& operator=(const SlurmCluster&) = delete;

  /// What a process needs to talk to this cluster.
  const std::map<std::string, std::string>& environment() const { return environment_; }

  /// Runs a shell command with that.
  Outcome shell(const std::string& command) const;

  /// kill -9, once the controller has saved the jobs that it has now, which takes it up to five seconds.
  void kill_controller();
  void start_controller();

  /// Waits until no job is left in the queue. What an operator does after a controller was lost is done meanwhile: a
  /// node that drained is resumed, jobs that are held are released; those that were requeued need not wait. Throws
  /// after `limit_s` seconds, with the queue.
  void wait_for_all_jobs(double limit_s = 300) const;

  /// One line for each job that ended: what it was and how.
  std::string ended_jobs() const;

 private:
  void write_configuration() const;
  void stop(const std::string& pid_file, int signal) const;

  ScratchFolder folder_;
  std::map<std::string, std::string> environment_;
};

/// Waits until condition() holds, looking ten times a second. Throws with `what` after `limit_s` seconds.
void wait_until(const std::string& what, const std::function<bool()>& condition, double limit_s = 120);

}  // namespace voxprior::test
