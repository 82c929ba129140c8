#include "workflows/node/queued_series.h"

#include <chrono>

namespace voxprior {

double now_s() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

QueuedSeries read_series(const Statement& row) {
  QueuedSeries one;
  one.id = row.integer(0);
  one.key = row.text(1), one.study = row.text(2), one.calling = row.text(3), one.rule = row.text(4);
  one.state = row.text(5), one.reason = row.text(6);
  one.expected = row.integer(7), one.generation = row.integer(8), one.attempts = row.integer(9);
  one.first_s = row.real(10), one.state_s = row.real(11), one.next_s = row.real(12), one.cut_off_s = row.real(13);
  return one;
}

}  // namespace voxprior
