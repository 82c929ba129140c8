#include "workflows/batch/batch_task.h"

#include "base/error.h"

namespace voxprior {

const TaskFacts& task_facts(const std::string& name) {
  for (const TaskFacts* facts : {&denoise_facts(), &superres_facts()}) {
    if (facts->name == name) return *facts;
  }
  fail(ExitCode::usage, "--task: no task is called '", name, "'");
}

}  // namespace voxprior
