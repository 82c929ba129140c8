#include "workflows/team.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

#include "base/error.h"

namespace voxprior {
namespace {

/// Launchers' variables, and none but these, for as long as it lives.
class Launched {
 public:
  explicit Launched(const std::map<std::string, std::string>& variables) {
    for (const char* name : kAll) unsetenv(name);
    for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  }
  ~Launched() {
    for (const char* name : kAll) unsetenv(name);
  }
  Launched(const Launched&) = delete;
  Launched& operator=(const Launched&) = delete;

 private:
  static constexpr const char* kAll[] = {"RANK",
                                         "WORLD_SIZE",
                                         "MASTER_ADDR",
                                         "MASTER_PORT",
                                         "SLURM_PROCID",
                                         "SLURM_STEP_NUM_TASKS",
                                         "SLURM_STEP_NUM_NODES",
                                         "SLURM_STEP_NODELIST",
                                         "SLURM_JOB_ID",
                                         "SLURM_STEP_ID",
                                         "OMPI_COMM_WORLD_RANK",
                                         "OMPI_COMM_WORLD_SIZE",
                                         "OMPI_COMM_WORLD_LOCAL_SIZE"};
};

TEST(TeamPlace, IsThatOfOneWithoutALauncher) {
  const Launched launched({});
  EXPECT_EQ(team_place().count, 1);
}

TEST(TeamPlace, IsWhatThePlainVariablesSay) {
  const Launched launched({{"RANK", "3"}, {"WORLD_SIZE", "4"}, {"MASTER_ADDR", "10.0.0.7"}, {"MASTER_PORT", "4711"}});
  const TeamPlace place = team_place();
  EXPECT_EQ(place.rank, 3);
  EXPECT_EQ(place.count, 4);
  EXPECT_EQ(place.address, "10.0.0.7");
  EXPECT_EQ(place.port, 4711);
}

TEST(TeamPlace, MeetsAtTheFirstNodeOfAStepOfSlurm) {
  for (const auto& [nodes, first] : std::map<std::string, std::string>{{"gpu[03-07,11]", "gpu03"},
                                                                       {"gpu[2,4]", "gpu2"},
                                                                       {"login,gpu[1-2]", "login"},
                                                                       {"a1,a2", "a1"},
                                                                       {"rack[1-2]-node", "rack1-node"}}) {
    const Launched launched({{"SLURM_PROCID", "1"},
                             {"SLURM_STEP_NUM_TASKS", "2"},
                             {"SLURM_STEP_NUM_NODES", "2"},
                             {"SLURM_STEP_NODELIST", nodes},
                             {"SLURM_JOB_ID", "77"},
                             {"SLURM_STEP_ID", "0"}});
    EXPECT_EQ(team_place().address, first);
    EXPECT_EQ(team_place().port, 20077);
  }
}

TEST(TeamPlace, StaysOnTheLoopbackInterfaceOnOneMachine) {
  {
    const Launched launched({{"SLURM_PROCID", "1"}, {"SLURM_STEP_NUM_TASKS", "2"}, {"SLURM_STEP_NUM_NODES", "1"}});
    EXPECT_EQ(team_place().address, "127.0.0.1");
  }
  const Launched launched(
      {{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}});
  EXPECT_EQ(team_place().address, "127.0.0.1");
  EXPECT_EQ(team_place().rank, 1);
}

TEST(TeamPlace, IsRefusedWhereItIsUnclear) {
  for (const auto& variables : {std::map<std::string, std::string>{{"RANK", "2"}, {"WORLD_SIZE", "2"}},
                                {{"WORLD_SIZE", "2"}, {"MASTER_ADDR", "a"}},
                                {{"RANK", "0"}, {"WORLD_SIZE", "2"}},
                                {{"RANK", "-1"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "a"}}}) {
    const Launched launched(variables);
    EXPECT_THROW(team_place(), Error);
  }
}

/// A script of sbatch that starts no step: it is one task of the batch step, whatever the job asked for.
TEST(TeamPlace, ABatchScriptIsAlone) {
  const Launched launched({{"SLURM_PROCID", "0"}, {"SLURM_STEP_NUM_TASKS", "1"}});
  EXPECT_EQ(team_place().count, 1);
}

}  // namespace
}  // namespace voxprior
