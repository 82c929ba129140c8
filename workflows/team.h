#pragma once

#include "models/training/team_place.h"

namespace voxprior {

/// Which of the processes of a training this one is, as its launcher says: RANK and WORLD_SIZE (plain, torchrun), else
/// srun's SLURM_PROCID and SLURM_STEP_NUM_TASKS, else mpirun's OMPI_COMM_WORLD_RANK and OMPI_COMM_WORLD_SIZE. Where
/// rank 0 is: MASTER_ADDR and MASTER_PORT; without them the loopback interface if the launcher says that all run on one
/// machine, else with srun the first node of the step. One process alone is a team of one. Throws
/// Error(ExitCode::usage) when the variables contradict each other or say too little.
TeamPlace team_place();

}  // namespace voxprior
