#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace voxprior {

/// Whether training was worth it, measured on held-out data.
struct Verdict {
  bool better = false;  ///< false: the model file holds what training started from
  double before_db = 0, after_db = 0;
  std::string text;  ///< one line for the user
};

/// What a training loop reports after a step.
struct TrainingProgress {
  std::int64_t step = 0, steps = 0;
  double loss = 0;           ///< mean since the last report; of a denoiser as a share of the Wiener filter's error
  double gradient_norm = 0;  ///< before clipping
  double learning_rate = 0;
  double seconds_per_step = 0;
  std::optional<double> validation_psnr;     ///< mean over volumes and noise levels, dB; only on steps that validate
  std::optional<Verdict> verdict;            ///< on the last step, of training that is judged
  std::string message = {};                  ///< a line worth showing, such as "checkpoint written"
  std::map<std::string, double> terms = {};  ///< means since the last report, see Trainee::terms()
  double cpu_seconds_per_step = 0;           ///< of all threads of this process
};

/// Called on the training thread; may throw to stop the run (the checkpoint on disk stays).
using TrainingObserver = std::function<void(const TrainingProgress&)>;

}  // namespace voxprior
