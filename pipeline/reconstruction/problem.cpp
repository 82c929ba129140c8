#include "pipeline/reconstruction/problem.h"

namespace voxprior {

std::string stop_reason_name(StopReason reason) {
  switch (reason) {
    case StopReason::converged:
      return "converged";
    case StopReason::finished:
      return "finished";
    case StopReason::diverged:
      return "diverged";
  }
  return {};
}

}  // namespace voxprior
