#include "workflows/cli/interrupt.h"

#include <signal.h>

namespace voxprior {
namespace {

volatile sig_atomic_t arrived_signal = 0;  // a signal handler can reach nothing else

void remember(int signal) { arrived_signal = signal; }

}  // namespace

void catch_signals() {
  struct sigaction remember_once = {};
  remember_once.sa_handler = remember;
  remember_once.sa_flags = SA_RESETHAND | SA_RESTART;
  sigemptyset(&remember_once.sa_mask);
  sigaction(SIGINT, &remember_once, nullptr);
  sigaction(SIGTERM, &remember_once, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

bool interrupt_arrived() { return arrived_signal != 0; }

void check_interrupt() {
  if (arrived_signal != 0) throw Interrupted(arrived_signal);
}

}  // namespace voxprior
